using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Marketing.Campaigns.Messages;

/// <summary>Registers what campaigns send by email.</summary>
public static class MessagesRegistration
{
    /// <summary>Services and the settings of section <c>Email</c>.</summary>
    public static IServiceCollection AddCampaignMessages(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EmailOptions>().Bind(configuration.GetSection("Email")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<EmailOptions>, ValidateEmailOptions>();
        return services.AddSingleton<ContactFacts>().AddSingleton<CompileMessage>().AddSingleton<LoadMessages>().AddSingleton<UnsubscribeLinks>();
    }

    /// <summary>Endpoints, below <c>/api</c>.</summary>
    public static void MapCampaignMessages(this IEndpointRouteBuilder api) => EmailEndpoints.Map(api);
}

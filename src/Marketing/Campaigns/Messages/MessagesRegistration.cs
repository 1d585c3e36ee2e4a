using Marketing.Campaigns.Life;
using Marketing.Campaigns.Preflight;
using Marketing.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketing.Campaigns.Messages;

/// <summary>Registers what campaigns send by email: messages, life, preflight.</summary>
public static class MessagesRegistration
{
    /// <summary>Services and the settings of section <c>Email</c>.</summary>
    public static IServiceCollection AddCampaignMessages(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EmailOptions>().Bind(configuration.GetSection("Email")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<EmailOptions>, ValidateEmailOptions>();
        services.AddSingleton<ContactFacts>().AddSingleton<CompileMessage>().AddSingleton<LoadMessages>().AddSingleton<UnsubscribeLinks>();
        services.AddSingleton<Audience>().AddSingleton<CheckCampaign>().AddSingleton<DryRun>().AddSingleton<MoveCampaign>();
        return services.AddSingleton(provider => new StartDueCampaigns(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<MoveCampaign>(), provider.GetRequiredService<CheckCampaign>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<StartDueCampaigns>>()));
    }

    /// <summary>Endpoints, below <c>/api</c>.</summary>
    public static void MapCampaignMessages(this IEndpointRouteBuilder api)
    {
        EmailEndpoints.Map(api);
        PreflightEndpoints.Map(api);
        LifeEndpoints.Map(api);
        api.MapGet("campaigns/{id}/variants", (RequestDelegate)VariantsEndpoint.RunAsync).RequireScope(Scopes.Read);
    }
}

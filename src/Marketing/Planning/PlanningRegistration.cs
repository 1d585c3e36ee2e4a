using Marketing.Data;
using Marketing.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Planning;

/// <summary>Registers planning: strategies, calendars and their items.</summary>
public static class PlanningRegistration
{
    /// <summary>Services of the room.</summary>
    public static IServiceCollection AddPlanning(this IServiceCollection services) => services
        .AddSingleton<IWriteRule<ContentStrategy>, ContentStrategyRule>()
        .AddSingleton<IWriteRule<ContentCalendar>, ContentCalendarRule>()
        .AddSingleton<IWriteRule<CalendarItem>, CalendarItemRule>();
}

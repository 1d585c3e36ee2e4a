using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Marketing.Data.Migrations;

/// <summary>Further fields of segment criteria, and operators of days relative to today.</summary>
[DbContext(typeof(MarketingDbContext))]
[Migration("20261125200100_AddSegmentCriteria")]
public sealed class AddSegmentCriteria : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        insert into marketing.ref_segment_criteria (code, name, description, label, data_type, allowed_operators, source, value_options, example, sort_order)
        values
            ('nights', 'Nights', 'Nights of completed stays in all.', 'Nights stayed', 'number', array['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'between']::text[], 'reservations.nights', null, '{"field": "nights", "operator": "gte", "value": 14}'::jsonb, 16),
            ('cancelled_bookings', 'Cancelled bookings', 'Number of bookings that were cancelled.', 'Cancelled bookings', 'number', array['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'between']::text[], 'reservations.cancelled', null, '{"field": "cancelled_bookings", "operator": "eq", "value": 0}'::jsonb, 17),
            ('lead_time', 'Lead time', 'Days between booking and arrival of the latest stay.', 'Days booked ahead', 'number', array['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'between', 'is_null']::text[], 'reservations.lead_time', null, '{"field": "lead_time", "operator": "lte", "value": 14}'::jsonb, 18),
            ('birthday', 'Birthday', 'Day of birth.', 'Birthday', 'date', array['before', 'after', 'between', 'anniversary_within_days', 'is_null']::text[], 'contacts.birth_date', null, '{"field": "birthday", "operator": "anniversary_within_days", "value": 7}'::jsonb, 19),
            ('random_bucket', 'Random bucket', 'A number from 0 to 99 that is drawn once for each contact and stays.', 'Random hundredth', 'number', array['eq', 'neq', 'gt', 'gte', 'lt', 'lte', 'between']::text[], 'contacts.random_bucket', null, '{"field": "random_bucket", "operator": "lt", "value": 10}'::jsonb, 20)
        on conflict (code) do nothing;
        update marketing.ref_segment_criteria set allowed_operators = allowed_operators || array['within_next_days', 'more_than_days_ago', 'anniversary_within_days']::text[]
        where code in ('contact_created_at', 'last_check_out', 'next_check_in', 'email_opened', 'email_clicked') and data_type = 'date' and not 'within_next_days' = any(allowed_operators);
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        // Rows of reference tables may be in use and changed by operators; taking the migration back does not take them away.
    }
}

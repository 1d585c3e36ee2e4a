using System.Buffers;

namespace Marketing.Resources.Reading;

/// <summary>
/// Writes days and times as PostgreSQL does in JSON (ISO 8601), from its binary form: counts from the first of January 2000. The Gregorian
/// calendar reaches as far as PostgreSQL's own, which is further than that of .NET.
/// </summary>
internal static class WriteTime
{
    private const long MicrosecondsPerDay = 86_400_000_000;

    /// <summary>An instant, in UTC.</summary>
    /// <param name="microseconds">Microseconds since 2000; the largest and smallest stand for infinity.</param>
    /// <param name="output">Where to.</param>
    public static void Instant(long microseconds, PooledBuffer output)
    {
        if (Infinite(microseconds is long.MaxValue, microseconds is long.MinValue, output)) return;
        var day = Math.DivRem(microseconds, MicrosecondsPerDay, out var time);
        if (time < 0) (day, time) = (day - 1, time + MicrosecondsPerDay);
        output.Append('"');
        var isBeforeChrist = Day((int)day, output);
        output.Append('T');
        Clock(time, output);
        output.Write("+00:00"u8);
        if (isBeforeChrist) output.Write(" BC"u8);
        output.Append('"');
    }

    /// <summary>A day.</summary>
    /// <param name="days">Days since 2000; the largest and smallest stand for infinity.</param>
    /// <param name="output">Where to.</param>
    public static void Date(int days, PooledBuffer output)
    {
        if (Infinite(days is int.MaxValue, days is int.MinValue, output)) return;
        output.Append('"');
        if (Day(days, output)) output.Write(" BC"u8);
        output.Append('"');
    }

    /// <summary>A time of day.</summary>
    /// <param name="microseconds">Microseconds since midnight.</param>
    /// <param name="output">Where to.</param>
    public static void TimeOfDay(long microseconds, PooledBuffer output)
    {
        output.Append('"');
        Clock(microseconds, output);
        output.Append('"');
    }

    private static bool Infinite(bool isLast, bool isFirst, PooledBuffer output)
    {
        if (isLast) output.Write("\"infinity\""u8);
        if (isFirst) output.Write("\"-infinity\""u8);
        return isLast || isFirst;
    }

    // Days are counted in eras of 400 years that begin in March, so that leap days come last (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static bool Day(int days, PooledBuffer output)
    {
        const int daysOfEra = 146_097, fromMarchOfYear0 = 730_425;
        var count = (long)days + fromMarchOfYear0;
        var era = (count >= 0 ? count : count - (daysOfEra - 1)) / daysOfEra;
        var dayOfEra = (int)(count - era * daysOfEra);
        var yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var shifted = (5 * dayOfYear + 2) / 153;
        var (day, month) = (dayOfYear - (153 * shifted + 2) / 5 + 1, shifted < 10 ? shifted + 3 : shifted - 9);
        var year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        Digits(year > 0 ? year : 1 - year, 4, output);
        output.Append('-');
        Digits(month, 2, output);
        output.Append('-');
        Digits(day, 2, output);
        return year <= 0;
    }

    private static void Clock(long microseconds, PooledBuffer output)
    {
        var seconds = Math.DivRem(microseconds, 1_000_000, out var fraction);
        Digits(seconds / 3600, 2, output);
        output.Append(':');
        Digits(seconds / 60 % 60, 2, output);
        output.Append(':');
        Digits(seconds % 60, 2, output);
        if (fraction == 0) return;
        output.Append('.');
        var places = 6;
        for (; fraction % 10 == 0; fraction /= 10) places--;
        Digits(fraction, places, output);
    }

    private static void Digits(long number, int least, PooledBuffer output)
    {
        var places = least;
        for (var rest = number / Power(least); rest > 0; rest /= 10) places++;
        var span = output.GetSpan(places);
        for (var i = places - 1; i >= 0; i--, number /= 10) span[i] = (byte)('0' + number % 10);
        output.Advance(places);
    }

    private static long Power(int places) => places switch { 1 => 10, 2 => 100, 3 => 1000, 4 => 10_000, 5 => 100_000, _ => 1_000_000 };
}

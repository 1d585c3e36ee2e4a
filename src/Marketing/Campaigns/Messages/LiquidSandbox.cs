using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Fluid;
using Fluid.Values;

namespace Marketing.Campaigns.Messages;

/// <summary>
/// Liquid that cannot harm: no files, no includes, only tags and filters listed here; bounded in source, nesting, steps, size of every value, size of the
/// output and time. Values are encoded for HTML, and no filter switches that off.
/// </summary>
internal static class LiquidSandbox
{
    /// <summary>Longest template, in characters.</summary>
    public const int MaxSource = 500_000;

    /// <summary>Longest output, in characters.</summary>
    public const int MaxOutput = 1_000_000;

    /// <summary>Statements of one rendering.</summary>
    public const int MaxSteps = 20_000;

    /// <summary>Longest text that a filter, an assignment or a capture may make, in characters.</summary>
    public const int MaxValue = 200_000;

    /// <summary>Longest list that a filter may make; its texts together have at most <see cref="MaxValue"/> characters, since a list in the place of a text is all of them.</summary>
    public const int MaxItems = 10_000;

    /// <summary>Numbers of a range.</summary>
    public const int MaxRange = 1_000;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(2);
    private static readonly HashSet<string> Tags = ["if", "unless", "case", "for", "break", "continue", "assign", "capture", "cycle", "comment", "raw"];

    // None of them reads anything, switches encoding off or formats by a pattern of the caller, but date, whose pattern is checked.
    private static readonly string[] SafeFilters =
    [
        "abs", "append", "at_least", "at_most", "capitalize", "ceil", "compact", "concat", "date", "default", "divided_by", "downcase", "escape", "first", "floor", "join", "last", "lstrip", "map", "minus",
        "modulo", "plus", "prepend", "remove", "remove_first", "replace", "replace_first", "reverse", "round", "rstrip", "size", "slice", "sort", "split", "strip", "strip_html", "strip_newlines", "times",
        "truncate", "truncatewords", "uniq", "upcase", "url_encode", "where",
    ];

    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly FluidParser Parser = MakeParser();
    private static readonly TemplateOptions Options = MakeOptions();

    /// <summary>Names of the filters that templates may use.</summary>
    public static IReadOnlyList<string> Filters => SafeFilters;

    /// <summary>Understands a template.</summary>
    /// <param name="source">The template.</param>
    /// <param name="template">The template, when it is understood.</param>
    /// <returns>Why it is refused; null when it is not.</returns>
    public static string? TryParse(string source, out LiquidTemplate? template)
    {
        template = null;
        if (LiquidSource.Problem(source) is { } problem) return problem;
        if (!Parser.TryParse(source, out var parsed, out var error)) return error;
        var names = LiquidNames.Of(parsed);
        if (names.Filters.Except(SafeFilters).FirstOrDefault() is { } filter) return $"There is no filter '{filter}'. Filters: {string.Join(", ", SafeFilters)}.";
        if (names.HasLongRange) return $"A range in the template has two whole numbers, at most {MaxRange} apart, for example (1..5).";
        template = new LiquidTemplate(parsed, names);
        return null;
    }

    /// <summary>Renders, with values encoded for HTML or left as they are for plain text.</summary>
    /// <exception cref="MessageRenderException">A limit was met, or the template failed on these values.</exception>
    public static string Render(LiquidTemplate template, IReadOnlyDictionary<string, object?> values, bool asHtml)
    {
        var context = new TemplateContext(Options);
        context.AmbientValues[nameof(Budget)] = new Budget();
        foreach (var (name, value) in values) context.SetValue(name, value is null ? NilValue.Instance : FluidValue.Create(value, Options));
        using var output = new BoundedWriter(MaxOutput);
        try
        {
            template.Parsed.RenderAsync(output, asHtml ? Html : NullEncoder.Default, context).AsTask().GetAwaiter().GetResult();
        }
        catch (MessageRenderException)
        {
            throw;
        }
        catch (Exception failed) when (failed is InvalidOperationException or ArithmeticException or ArgumentException or FormatException or InvalidCastException or NotSupportedException)
        {
            throw new MessageRenderException($"The template failed: {(failed.Message.Contains("steps", StringComparison.OrdinalIgnoreCase) ? $"it takes more than {MaxSteps} steps" : failed.GetType().Name)}.", failed);
        }
        return output.ToString();
    }

    private static FluidParser MakeParser()
    {
        var parser = new FluidParser();
        foreach (var tag in parser.RegisteredTags.Keys.Where(tag => !Tags.Contains(tag)).ToList()) parser.RegisteredTags.Remove(tag);
        return parser;
    }

    private static TemplateOptions MakeOptions()
    {
        var options = new TemplateOptions
        {
            MaxSteps = MaxSteps,
            MaxRecursion = 50,
            StrictFilters = true,
            TimeZone = TimeZoneInfo.Utc,
            Assigned = (_, value, context) => new(Checked(value, context)),
            Captured = (_, value, context) => new(Checked(value, context)),
        };
        foreach (var name in SafeFilters)
        {
            if (!options.Filters.TryGetValue(name, out var filter)) throw new InvalidOperationException($"Fluid has no filter {name}.");
            options.Filters.AddFilter(name, name switch
            {
                "replace" or "replace_first" => Bounded(name, filter, DemandSmallReplacement),
                "join" => Bounded(name, filter, DemandSmallJoin),
                "date" => Bounded(name, filter, DemandPlainDate),
                _ => Bounded(name, filter, static (_, _) => { }),
            });
        }
        return options;
    }

    private static FilterDelegate Bounded(string name, FilterDelegate filter, Action<FluidValue, FilterArguments> demand) => async (input, arguments, context) =>
    {
        demand(input, arguments);
        var result = Checked(await filter(input, arguments, context), context);
        // "escape" has encoded its result; no other filter may claim so.
        return result is StringValue { Encode: false } text && !ReferenceEquals(result, input) && name != "escape" ? StringValue.Create(text.ToStringValue(), true) : result;
    };

    private static FluidValue Checked(FluidValue value, TemplateContext context)
    {
        ((Budget)context.AmbientValues[nameof(Budget)]).Demand();
        if (value is StringValue text && text.ToStringValue().Length > MaxValue) throw new MessageRenderException($"The template makes a text of more than {MaxValue} characters.");
        if (value is ArrayValue list) DemandSmall(list, separator: 0);
        return value;
    }

    private static void DemandSmallReplacement(FluidValue input, FilterArguments arguments)
    {
        var (text, old, with) = (input.ToStringValue(), arguments.At(0).ToStringValue(), arguments.At(1).ToStringValue());
        var found = old.Length == 0 ? 0 : (long)text.AsSpan().Count(old);
        if (text.Length + found * with.Length > MaxValue) throw new MessageRenderException($"The template makes a text of more than {MaxValue} characters.");
    }

    private static void DemandSmallJoin(FluidValue input, FilterArguments arguments)
    {
        if (input is ArrayValue list) DemandSmall(list, arguments.At(0).ToStringValue().Length);
    }

    private static void DemandSmall(ArrayValue list, long separator)
    {
        if (list.Values.Count > MaxItems) throw new MessageRenderException($"The template makes a list of more than {MaxItems} items.");
        var length = 0L;
        foreach (var item in list.Values)
        {
            if (item is ArrayValue) throw new MessageRenderException("The template makes a list of lists.");
            length += separator + (item is StringValue text ? text.ToStringValue().Length : 20);
        }
        if (length > MaxValue) throw new MessageRenderException($"The template makes a text of more than {MaxValue} characters.");
    }

    // strftime may ask for a width, so for a text of any length.
    private static void DemandPlainDate(FluidValue input, FilterArguments arguments)
    {
        var format = arguments.At(0).ToStringValue();
        for (var at = format.IndexOf('%', StringComparison.Ordinal); at >= 0; at = at + 2 < format.Length ? format.IndexOf('%', at + 2) : -1)
        {
            var next = at + 1;
            while (next < format.Length && format[next] is '-' or '_' or '^' or '#' or ':' or '0') next++;
            if (next < format.Length && char.IsAsciiDigit(format[next])) throw new MessageRenderException("A format of dates in the template holds a width, which is not allowed.");
        }
        if (format.Length > 100) throw new MessageRenderException("A format of dates in the template has more than 100 characters.");
    }

    // Wall time: a rendering that is merely waiting for a busy machine still has ample room in it.
    private sealed class Budget
    {
        private readonly long until = Stopwatch.GetTimestamp() + (long)(MaxTime.TotalSeconds * Stopwatch.Frequency);

        public void Demand()
        {
            if (Stopwatch.GetTimestamp() > until) throw new MessageRenderException($"The template takes longer than {MaxTime.TotalSeconds} seconds.");
        }
    }
}

/// <summary>A template that was understood.</summary>
/// <param name="Parsed">Fluid's form of it.</param>
/// <param name="Names">What it uses.</param>
internal sealed record LiquidTemplate(IFluidTemplate Parsed, LiquidNames Names);

using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Marketing.Campaigns.Messages;

/// <summary>The columns of a contact that templates may use: <c>Email:ContactFields</c>.</summary>
internal sealed class ContactFacts(IOptions<EmailOptions> options)
{
    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Fields { get; } = options.Value.Fields;

    /// <summary>A SQL expression for the facts of a row of the contacts, as text that <see cref="Read"/> takes. The columns were checked at start.</summary>
    /// <param name="contacts">Alias of the contacts.</param>
    public string Select(string contacts) => Fields.Count == 0 ? "'{}'" : $"json_build_object({string.Join(", ", Fields.Select(field => $"'{field}', {contacts}.{field}"))})::text";

    /// <summary>The facts as a template sees them: texts, numbers, booleans and null.</summary>
    public static IReadOnlyDictionary<string, object?> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var facts = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            facts[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.String => member.Value.GetString(),
                JsonValueKind.Number => member.Value.TryGetDecimal(out var number) ? number : null,
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            };
        }
        return facts;
    }
}

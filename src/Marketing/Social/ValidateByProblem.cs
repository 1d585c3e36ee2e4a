using Microsoft.Extensions.Options;

namespace Marketing.Social;

/// <summary>Ends the start with the sentence that settings give about themselves.</summary>
internal sealed class ValidateByProblem<TOptions>(Func<TOptions, string?> problem) : IValidateOptions<TOptions> where TOptions : class
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, TOptions options) => problem(options) is { } sentence ? ValidateOptionsResult.Fail(sentence) : ValidateOptionsResult.Success;
}

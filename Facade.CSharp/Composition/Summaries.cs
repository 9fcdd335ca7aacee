namespace Functional.CSharp;

/// <summary>Summaries of layers as tables.</summary>
public static class Summaries
{
    /// <summary>
    /// The stages as a table of text with aligned columns: path, kind, shape of the output, parameters, multiply-adds,
    /// bytes of the output, and size, stride and offset of the receptive field, one number where all axes agree.
    /// </summary>
    public static string ToText(this Summary summary) => FSharp.Summary.toText(Bridge.Given(summary));

    /// <summary>The stages as a table of HTML, with the columns of ToText.</summary>
    public static string ToHtml(this Summary summary) => FSharp.Summary.toHtml(Bridge.Given(summary));
}

namespace Functional.CSharp;

/// <summary>What layers are, as data.</summary>
public static class Specs
{
    /// <summary>
    /// Every layer that a layer is made of, with its path, the outer before the inner: several may stand at one path, and the
    /// last of them owns the parameters there.
    /// </summary>
    public static IReadOnlyList<(string Path, Spec Spec)> Walk(this Spec spec) =>
        [.. FSharp.Spec.walk(Bridge.Given(spec)).Select(part => part.ToValueTuple())];
}

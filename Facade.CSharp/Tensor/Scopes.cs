namespace Functional.CSharp;

/// <summary>
/// Frees native memory exactly: whatever a scope made and does not give back is freed when it ends. The library opens one
/// around each step of training, sampling and evaluation; a user needs none for correctness. A scope belongs to the thread
/// that runs it: no await and no yield inside.
/// </summary>
public static class Scopes
{
    /// <summary>
    /// Runs f and frees every tensor it made, except those that <paramref name="held"/> finds in its result.
    /// </summary>
    public static T Run<T>(Func<T, IEnumerable<Tensor>> held, Func<T> f) =>
        FSharp.Scope.run(Bridge.Fun(held), Bridge.Fun(f));

    /// <summary>Runs f and frees every tensor it made, except its result.</summary>
    public static Tensor Tensor(Func<Tensor> f) => FSharp.Scope.tensor(Bridge.Fun(f));

    /// <summary>Runs f, whose result holds no tensor, and frees every tensor it made.</summary>
    public static T Value<T>(Func<T> f) => FSharp.Scope.value(Bridge.Fun(f));
}

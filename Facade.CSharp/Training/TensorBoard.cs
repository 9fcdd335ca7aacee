namespace Functional.CSharp;

/// <summary>Event files for TensorBoard.</summary>
public static class TensorBoard
{
    /// <summary>
    /// The same snapshots; as each is walked past, its numbers are appended under its step to a new event file in a folder,
    /// which is made where it is missing. A file is begun whenever the sequence is walked.
    /// </summary>
    public static IEnumerable<Snapshot> Log(
        this IEnumerable<Snapshot> snapshots,
        string folder,
        Func<Snapshot, IEnumerable<(string Name, double Value)>> numbers) =>
        FSharp.TensorBoard.log(
            Bridge.Given(folder),
            Bridge.With(numbers, given => Bridge.Fun((Snapshot snapshot) => given(snapshot).Select(n => n.ToTuple()))),
            Bridge.Given(snapshots));
}

using Microsoft.FSharp.Core;

namespace Functional.CSharp;

/// <summary>
/// Which checkpoints of a run are kept: the last ones, to go on from, and the best ones, to use. A score is better the
/// lower it is, such as a loss on validation data; NaN is worse than any number.
/// </summary>
public static class Rotation
{
    /// <summary>
    /// Which of these checkpoints are neither among the last nor among the best, so many each: the oldest first. Of equal
    /// scores the later one is better.
    /// </summary>
    public static IReadOnlyList<SavedCheckpoint> Surplus(
        IEnumerable<SavedCheckpoint> saved, int last = 1, int best = 1) =>
        FSharp.Rotation.surplus(last, best, Bridge.Given(saved));

    /// <summary>
    /// The checkpoints of a folder that Save wrote, by step, as their headers tell. A file whose header is damaged, or that
    /// is no such checkpoint, has its problem beside it; damage behind the header shows where the file is read (see
    /// <see cref="Latest"/>).
    /// </summary>
    public static IReadOnlyList<SavedCheckpoint> List(string folder) => FSharp.Rotation.list(Bridge.Given(folder));

    /// <summary>
    /// The last checkpoint of a folder that can be read, with the network and transform that <paramref name="like"/> (as from
    /// Training.Start) belongs to, and those that could not; null where the folder is missing or has no checkpoint.
    /// InvalidDataException names the files and their problems where none can be read.
    /// </summary>
    public static Resumption? Latest(string folder, Snapshot like) =>
        OptionModule.ToObj(FSharp.Rotation.latest(Bridge.Given(folder), Bridge.Given(like)));

    /// <summary>
    /// Writes a snapshot with its score into a folder of the run's own, as step-000000123.safetensors, and then deletes the
    /// checkpoints there that are neither among the last nor among the best, so many each. The snapshot's file is whole
    /// before any other goes. Damaged files are passed over: they neither count nor go. What a killed process left in pieces
    /// is cleared away once it is a minute old. What is kept, by step.
    /// </summary>
    public static IReadOnlyList<SavedCheckpoint> Save(
        this Snapshot snapshot, string folder, double score, int last = 1, int best = 1) =>
        FSharp.Rotation.save(last, best, Bridge.Given(folder), score, Bridge.Given(snapshot));
}

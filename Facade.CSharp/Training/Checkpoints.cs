namespace Functional.CSharp;

/// <summary>
/// Snapshots in files, in safetensors: everything that training needs to go on bit for bit. A sum of the whole file (CRC-32C)
/// tells a damaged one. Bits are the same for the same number of threads, which is there too: a snapshot that is read with
/// another number says so in its Notices.
/// </summary>
public static class Checkpoints
{
    /// <summary>Writes a snapshot. A crash at any moment leaves the old file or the new one, never a piece.</summary>
    public static void Save(this Snapshot snapshot, string path) =>
        FSharp.Checkpoint.save(Bridge.Given(path), Bridge.Given(snapshot));

    /// <summary>
    /// Reads a snapshot of the network and transform that <paramref name="like"/> (as from Training.Start) belongs to. A
    /// file that is damaged or of another network gives InvalidDataException with the layers and paths that differ.
    /// </summary>
    public static Snapshot Load(string path, Snapshot like) =>
        FSharp.Checkpoint.load(Bridge.Given(path), Bridge.Given(like));
}

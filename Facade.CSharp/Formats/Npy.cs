namespace Functional.CSharp;

/// <summary>
/// NumPy's formats: .npy holds one array, .npz several by name. Versions 1.0 to 3.0 are read, 1.0 is written. uint16 is read as
/// int32, uint32 and uint64 as int64, if they fit.
/// </summary>
public static class Npy
{
    /// <summary>
    /// Writes a tensor as .npy; the file appears whole or not at all. NumPy has no bfloat16: cast to float32 first.
    /// </summary>
    public static void Save(string path, Tensor tensor) => FSharp.Npy.save(Bridge.Given(path), Bridge.Given(tensor));

    /// <summary>
    /// The tensor of a .npy file, in either byte order and either order of axes. InvalidDataException names the file and
    /// the offset of what is wrong with it.
    /// </summary>
    public static Tensor Load(string path) => FSharp.Npy.load(Bridge.Given(path));

    /// <summary>Writes named tensors as .npz, which numpy.load reads.</summary>
    public static void SaveMap(string path, Values tensors) =>
        FSharp.Npy.saveMap(Bridge.Given(path), new(Bridge.Pairs(tensors, nameof(tensors))));

    /// <summary>
    /// The tensors of an .npz file by name, compressed or not; files in it that are no .npy are passed over.
    /// InvalidDataException names the file, the entry and what is wrong with it: <see cref="List"/> tells what there is,
    /// <see cref="LoadSome"/> reads the others.
    /// </summary>
    public static Values LoadMap(string path) => FSharp.Npy.loadMap(Bridge.Given(path));

    /// <summary>
    /// The tensors of an .npz file that have these names, whatever else is there. ArgumentException for a name that the file
    /// has not.
    /// </summary>
    public static Values LoadSome(string path, params IEnumerable<string> names) =>
        FSharp.Npy.loadSome(Bridge.Given(names), Bridge.Given(path));

    /// <summary>
    /// What an .npz file has, in its order, arrays of types that are not read and files that are none included.
    /// InvalidDataException where the file is no archive.
    /// </summary>
    public static IReadOnlyList<FileEntry> List(string path) => FSharp.Npy.list(Bridge.Given(path));
}

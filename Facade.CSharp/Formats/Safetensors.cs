using Microsoft.FSharp.Collections;

namespace Functional.CSharp;

/// <summary>
/// The safetensors format of Hugging Face: 8 bytes with the length of a JSON header, the header, the tensors' bytes.
/// </summary>
public static class Safetensors
{
    /// <summary>Writes named tensors and notes. The file appears whole or not at all.</summary>
    public static void Write(
        string path, IReadOnlyDictionary<string, string> notes, IReadOnlyDictionary<string, Tensor> tensors) =>
        FSharp.Safetensors.write(Bridge.Given(path), Bridge.Pairs(notes), Bridge.Pairs(tensors));

    /// <summary>
    /// The named tensors and the notes of a file. U16 is read as int32, U32 and U64 as int64,
    /// which take up to twice the memory that they take in the file. InvalidDataException names the file and what is
    /// wrong with it: a number of U64 that int64 does not hold and a truth value that is neither 0 nor 1 too. Nothing is made
    /// of a file before its whole header is found right.
    /// </summary>
    public static (IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Notes) Read(
        string path) =>
        Named(FSharp.Safetensors.read(Bridge.Given(path)));

    /// <summary>
    /// The notes of a file, read without its tensors. InvalidDataException names the file and what is wrong with its header.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Notes(string path) =>
        FSharp.Safetensors.notes(Bridge.Given(path)).ToDictionary();

    /// <summary>Writes one tensor, of any dtype and with its bits; the file appears whole or not at all.</summary>
    public static void Save(string path, Tensor tensor) =>
        FSharp.Safetensors.save(Bridge.Given(path), Bridge.Given(tensor));

    /// <summary>The tensor of a file that holds one, under whatever name.</summary>
    public static Tensor Load(string path) => FSharp.Safetensors.load(Bridge.Given(path));

    /// <summary>Writes named tensors; the file appears whole or not at all.</summary>
    public static void SaveMap(string path, Values tensors) =>
        FSharp.Safetensors.saveMap(Bridge.Given(path), new(Bridge.Pairs(tensors)));

    /// <summary>
    /// The tensors of a file by name. A type that is not read is refused: <see cref="List"/> tells what there is,
    /// <see cref="LoadSome"/> reads the others.
    /// </summary>
    public static Values LoadMap(string path) => FSharp.Safetensors.loadMap(Bridge.Given(path));

    /// <summary>
    /// The tensors of a file that have these names, whatever else is there. ArgumentException for a name that the file has
    /// not.
    /// </summary>
    public static Values LoadSome(string path, params IEnumerable<string> names) =>
        FSharp.Safetensors.loadSome(Bridge.Given(names), Bridge.Given(path));

    /// <summary>
    /// What a file has, in its order, tensors of types that are not read included. InvalidDataException names the file and
    /// what is wrong with its header.
    /// </summary>
    public static IReadOnlyList<FileEntry> List(string path) => FSharp.Safetensors.list(Bridge.Given(path));

    private static (Values, IReadOnlyDictionary<string, string>) Named(
        (FSharpList<Tuple<string, Tensor>> Tensors, FSharpMap<string, string> Notes) read) =>
        (read.Tensors.ToDictionary(tensor => tensor.Item1, tensor => tensor.Item2), read.Notes.ToDictionary());
}

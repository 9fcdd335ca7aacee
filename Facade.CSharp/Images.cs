namespace Functional.CSharp;

/// <summary>Images from files: PNG, JPEG, BMP, GIF (its first image) and TGA.</summary>
public static class Images
{
    /// <summary>
    /// The image of a file, red, green and blue: uint8 [3; h; w]; transparency is left out, and of 16 bits the upper 8 stay.
    /// At most 2²⁷ pixels: <see cref="ReadWithin"/> reads more. InvalidDataException names the file and the offset that the
    /// decoder had come to.
    /// </summary>
    public static Tensor Read(string path) => FSharp.Images.read(Bridge.Given(path));

    /// <summary>
    /// As <see cref="Read"/>, of an image of no more than so many pixels. A PNG file takes the memory of the tensor, other
    /// formats up to five times as much while they are decoded.
    /// </summary>
    public static Tensor ReadWithin(string path, int pixels) => FSharp.Images.readWithin(pixels, Bridge.Given(path));

    /// <summary>
    /// The images of a folder with a folder for each class, all of one size: inputs float32 [n; 3; h; w] between 0 and 1,
    /// labels int64 [n], and the class that each label stands for. Classes and files come in the ordinal order of their
    /// names; other files are passed over. InvalidDataException names the file whose shape differs from the first one's.
    /// </summary>
    public static (Dataset Data, IReadOnlyList<string> Classes) Folder(string path) =>
        FSharp.Images.folder(Bridge.Given(path));

    /// <summary>
    /// As <see cref="Folder(string)"/>, each image as <paramref name="prepare"/> makes it of float32 [3; h; w] between 0
    /// and 1.
    /// </summary>
    public static (Dataset Data, IReadOnlyList<string> Classes) Folder(string path, Func<Tensor, Tensor> prepare) =>
        FSharp.Images.folderWith(Bridge.Fun(prepare), Bridge.Given(path));
}

namespace Functional.CSharp;

/// <summary>Images from files: PNG, JPEG, BMP, GIF (its first image) and TGA; PNG is written.</summary>
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
    /// Writes an image as a PNG file: [h; w] and [1; h; w] are grey, [3; h; w] red, green and blue; a further channel,
    /// [2; h; w] and [4; h; w], is the opacity. uint8 from 0 to 255, or floating point from 0 to 1, which is rounded to 8 bits.
    /// The file appears whole or not at all.
    /// </summary>
    public static void Write(string path, Tensor x) => FSharp.Images.write(Bridge.Given(path), Bridge.Given(x));

    /// <summary>
    /// Images of one shape as one, side by side in rows of so many; what remains of the last row is 0: [n; c; h; w] gives
    /// [c; rows·h; columns·w].
    /// </summary>
    public static Tensor Grid(int columns, Tensor x) => FSharp.Images.grid(columns, Bridge.Given(x));

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

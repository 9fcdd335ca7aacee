namespace Functional.CSharp;

/// <summary>Images of handwritten digits: MNIST and EMNIST from their files, or digits drawn from strokes.</summary>
public static class Digits
{
    /// <summary>
    /// MNIST (LeCun, Cortes and Burges) from a folder with its four files, compressed or not: images [n; 1; 28; 28]
    /// between 0 and 1, labels int64 [n].
    /// </summary>
    public static (Dataset Train, Dataset Test) Mnist(string folder) => FSharp.Digits.mnist(Bridge.Given(folder));

    /// <summary>
    /// A part of EMNIST (Cohen, Afshar, Tapson and van Schaik 2017) from a folder with its four files, compressed or not:
    /// "byclass", "bymerge", "balanced", "letters", "digits" or "mnist". Images [n; 1; 28; 28] between 0 and 1, upright (in
    /// the files rows stand as columns), labels int64 [n] from 0 on (those of letters are 1 to 26 in the file).
    /// </summary>
    public static (Dataset Train, Dataset Test) Emnist(string folder, string part) =>
        FSharp.Digits.emnist(Bridge.Given(part), Bridge.Given(folder));

    /// <summary>
    /// Digits drawn from strokes with random affine distortion, for machines without MNIST: images [count; 1; 28; 28]
    /// between 0 and 1, labels int64 [count]. Ten classes, equally frequent; the same key gives the same images.
    /// </summary>
    public static Dataset Drawn(int count, Key key) => FSharp.Digits.drawn(count, key);
}

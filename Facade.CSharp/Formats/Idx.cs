namespace Functional.CSharp;

/// <summary>The IDX format of MNIST (LeCun).</summary>
public static class Idx
{
    /// <summary>
    /// The elements of an IDX file, also compressed by gzip, in the shape that the file gives: unsigned bytes as uint8,
    /// signed ones as int8, and int16, int32, float32 and float64. InvalidDataException names the file and the
    /// offset of what is wrong with it.
    /// </summary>
    public static Tensor Read(string path) => FSharp.Idx.read(Bridge.Given(path));
}

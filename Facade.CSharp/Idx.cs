namespace Functional.CSharp;

/// <summary>The IDX format of MNIST (LeCun).</summary>
public static class Idx
{
    /// <summary>
    /// The elements of an IDX file of unsigned bytes, also compressed (.gz): uint8, in the shape that the file gives.
    /// InvalidDataException names the file and the offset of what is wrong with it.
    /// </summary>
    public static Tensor Read(string path) => FSharp.Idx.read(Bridge.Given(path));
}

namespace Functional.CSharp;

/// <summary>CIFAR-10 (Krizhevsky 2009): 32×32 colour images of ten classes, in its binary version.</summary>
public static class Cifar
{
    /// <summary>The ten classes, in the order of their labels.</summary>
    public static IReadOnlyList<string> Classes => FSharp.Cifar.classes;

    /// <summary>
    /// One file: images [n; 3; 32; 32] between 0 and 1, labels int64 [n]. InvalidDataException names the file and the offset
    /// of what is wrong with it.
    /// </summary>
    public static Dataset Read(string path) => FSharp.Cifar.read(Bridge.Given(path));

    /// <summary>
    /// The training set (data_batch_1.bin to data_batch_5.bin) and the test set (test_batch.bin) of a folder.
    /// </summary>
    public static (Dataset Train, Dataset Test) Cifar10(string folder) => FSharp.Cifar.cifar10(Bridge.Given(folder));
}

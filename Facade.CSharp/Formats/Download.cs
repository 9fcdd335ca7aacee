namespace Functional.CSharp;

/// <summary>
/// Files from the web, whole and checked. What a broken connection leaves stands beside the file, with the ending .part, until
/// the next call goes on from there.
/// </summary>
public static class Download
{
    /// <summary>
    /// Brings a file with this SHA-256 sum (64 hexadecimal digits) to its place; nothing is asked of the server where it is
    /// there already. The file appears whole and checked, or not at all: InvalidDataException for another sum or more than
    /// 2³⁰ bytes (see <see cref="FileOfAsync"/>), IOException for a connection that breaks off, HttpRequestException for an
    /// answer that is no file, OperationCanceledException if cancelled.
    /// </summary>
    public static Task FileAsync(Uri source, string sha256, string path, CancellationToken cancellation = default) =>
        FSharp.Download.file(Bridge.Given(source), Bridge.Given(sha256), Bridge.Given(path), cancellation);

    /// <summary>
    /// As <see cref="FileAsync"/>, of so many bytes: a server that gives or announces another number is refused as soon as
    /// that shows.
    /// </summary>
    public static Task FileOfAsync(
        Uri source, long length, string sha256, string path, CancellationToken cancellation = default) =>
        FSharp.Download.fileOf(length, Bridge.Given(source), Bridge.Given(sha256), Bridge.Given(path), cancellation);

    /// <summary>Brings the four files of MNIST into a folder, 11 MB; <see cref="Digits.Mnist"/> reads it.</summary>
    public static Task MnistAsync(string folder, CancellationToken cancellation = default) =>
        FSharp.Download.mnist(Bridge.Given(folder), cancellation);

    /// <summary>
    /// Brings the four files of Fashion-MNIST (Xiao, Rasul and Vollgraf 2017) into a folder, 30 MB;
    /// <see cref="Digits.Mnist"/> reads it, for its images of clothes have the same form.
    /// </summary>
    public static Task FashionMnistAsync(string folder, CancellationToken cancellation = default) =>
        FSharp.Download.fashionMnist(Bridge.Given(folder), cancellation);

    /// <summary>
    /// Brings the binary version of CIFAR-10 into a folder, 170 MB, and unpacks it; <see cref="Cifar.Cifar10"/> reads it.
    /// </summary>
    public static Task Cifar10Async(string folder, CancellationToken cancellation = default) =>
        FSharp.Download.cifar10(Bridge.Given(folder), cancellation);
}

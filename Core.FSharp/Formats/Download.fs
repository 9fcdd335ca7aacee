namespace Functional.FSharp

open System
open System.Formats.Tar
open System.IO
open System.IO.Compression
open System.Runtime.ExceptionServices
open System.Threading
open System.Threading.Tasks

/// Files from the web, whole and checked. What a broken connection leaves stands beside the file, with the ending .part, until
/// the next call goes on from there.
[<RequireQualifiedAccess>]
module Download =

    // Of a file whose length the caller does not know.
    let private usual = 1L <<< 30

    let private bringWhole (source: Uri) length (sha256: string) (path: string) (cancel: CancellationToken) : Task =
        if sha256.Length <> 64 || not (Seq.forall Char.IsAsciiHexDigit sha256) then
            invalidArg (nameof sha256) $"a SHA-256 sum has 64 hexadecimal digits, not '{Refusal.shown sha256}'"

        if
            not source.IsAbsoluteUri
            || (source.Scheme <> Uri.UriSchemeHttps && source.Scheme <> Uri.UriSchemeHttp)
        then
            invalidArg (nameof source) $"files are brought from http and https addresses, not from {source}"

        match Path.GetDirectoryName(Path.GetFullPath path) with
        | null -> invalidArg (nameof path) $"a file has a place in a folder, but the path was '{path}'"
        | folder when not (Directory.Exists folder) ->
            raise (DirectoryNotFoundException $"there is no folder {folder} for the file {path}")
        | _ -> ()

        task {
            let! before = if File.Exists path then Transfer.sumOf path cancel else Task.FromResult ""

            if not (before.Equals(sha256, StringComparison.OrdinalIgnoreCase)) then
                let part = path + ".part"

                try
                    try
                        do! Transfer.bring source length sha256 part cancel
                        File.Move(part, path, true)
                    with :? InvalidDataException as error ->
                        // Another file than the one that is wanted: nothing goes on from it.
                        File.Delete part
                        ExceptionDispatchInfo.Throw error
                finally
                    if File.Exists part && Transfer.lengthOf part = 0L then
                        File.Delete part
        }

    /// Brings a file with this SHA-256 sum (64 hexadecimal digits) to its place; nothing is asked of the server where it is there
    /// already. The file appears whole and checked, or not at all: InvalidDataException for another sum or more than 2³⁰ bytes
    /// (see `fileOf`), IOException for a connection that breaks off, HttpRequestException for an answer that is no file,
    /// OperationCanceledException if cancelled.
    let file (source: Uri) (sha256: string) (path: string) (cancel: CancellationToken) : Task =
        bringWhole source (Transfer.AtMost usual) sha256 path cancel

    /// As `file`, of so many bytes: a server that gives or announces another number is refused as soon as that shows.
    let fileOf (length: int64) (source: Uri) (sha256: string) (path: string) (cancel: CancellationToken) : Task =
        if length < 0L then
            invalidArg (nameof length) $"a file has no {length} bytes"

        bringWhole source (Transfer.Exactly length) sha256 path cancel

    // ---- public data sets

    let private into (folder: string) (root: string) (files: (string * int64 * string) list) cancel : Task =
        task {
            Directory.CreateDirectory folder |> ignore

            for name, length, sum in files do
                do! fileOf length (Uri(root + name)) sum (Path.Combine(folder, name)) cancel
        }

    /// Brings the four files of MNIST into a folder, 11 MB; Digits.mnist reads it.
    let mnist (folder: string) (cancel: CancellationToken) : Task =
        into
            folder
            "https://storage.googleapis.com/cvdf-datasets/mnist/"
            [
                "train-images-idx3-ubyte.gz",
                9_912_422L,
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
                "train-labels-idx1-ubyte.gz",
                28_881L,
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
                "t10k-images-idx3-ubyte.gz",
                1_648_877L,
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
                "t10k-labels-idx1-ubyte.gz", 4_542L, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
            ]
            cancel

    /// Brings the four files of Fashion-MNIST (Xiao, Rasul and Vollgraf 2017) into a folder, 30 MB; Digits.mnist reads it, for its
    /// images of clothes have the same form.
    let fashionMnist (folder: string) (cancel: CancellationToken) : Task =
        into
            folder
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
            [
                "train-images-idx3-ubyte.gz",
                26_421_880L,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
                "train-labels-idx1-ubyte.gz",
                29_515L,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
                "t10k-images-idx3-ubyte.gz",
                4_422_102L,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
                "t10k-labels-idx1-ubyte.gz", 5_148L, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
            ]
            cancel

    // A file of CIFAR-10: 10,000 rows.
    let private mostUnpacked = 30_730_000L

    /// Writes the .bin files of a .tar.gz archive into a folder, without the folders of the archive.
    let internal unpack (archive: string) (folder: string) : unit =
        use file = File.OpenRead archive

        try
            use unpacked = new Gzip(archive, file)
            use tar = new TarReader(unpacked)
            let mutable entry = tar.GetNextEntry()

            while not (isNull entry) do
                let found = nonNull entry
                let name = string (Path.GetFileName found.Name)

                match found.DataStream with
                | null -> ()
                | data when name.EndsWith(".bin", StringComparison.Ordinal) ->
                    if found.Length > mostUnpacked then
                        Refusal.file archive $"{Refusal.shown name} has {found.Length} bytes, above {mostUnpacked}"

                    AtomicFile.write (Path.Combine(folder, name)) data.CopyTo
                | _ -> ()

                entry <- tar.GetNextEntry()
        with
        | Refusal.DamagedData error when not (error.Message.StartsWith(archive, StringComparison.Ordinal)) ->
            Refusal.because error archive file.Position $"this is no sound .tar.gz file: {error.Message}"
        | :? EndOfStreamException as error -> Refusal.because error archive file.Position "the archive ends early"

    /// Brings the binary version of CIFAR-10 into a folder, 170 MB, and unpacks it; Cifar.cifar10 reads it.
    let cifar10 (folder: string) (cancel: CancellationToken) : Task =
        let name = "cifar-10-binary.tar.gz"

        task {
            do!
                into
                    folder
                    "https://www.cs.toronto.edu/~kriz/"
                    [ name, 170_052_171L, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd" ]
                    cancel

            unpack (Path.Combine(folder, name)) folder
        }

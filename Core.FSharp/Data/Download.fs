namespace Functional.FSharp

open System
open System.Formats.Tar
open System.IO
open System.IO.Compression
open System.Net
open System.Net.Http
open System.Net.Http.Headers
open System.Security.Cryptography
open System.Threading
open System.Threading.Tasks

/// Files from the web, whole and checked. What a broken connection leaves stands beside the file, with the ending .part, until
/// the next call goes on from there.
[<RequireQualifiedAccess>]
module Download =

    // A connection that brings nothing for so long is taken for broken.
    let private patience = TimeSpan.FromSeconds 60.0

    let private sumOf (path: string) (cancel: CancellationToken) =
        task {
            use file = File.OpenRead path
            let! sum = SHA256.HashDataAsync(file, cancel)
            return Convert.ToHexStringLower sum
        }

    // The answer's bytes behind what is there, until it ends or breaks off.
    let private append (answer: HttpResponseMessage) (file: FileStream) (cancel: CancellationToken) =
        task {
            use! body = answer.Content.ReadAsStreamAsync cancel
            let piece = Array.zeroCreate 81920
            let mutable more = true

            while more do
                use slow = CancellationTokenSource.CreateLinkedTokenSource cancel
                slow.CancelAfter patience

                try
                    let! found = body.ReadAsync(piece.AsMemory(), slow.Token)
                    do! file.WriteAsync(ReadOnlyMemory(piece, 0, found), cancel)
                    more <- found > 0
                with :? OperationCanceledException as error when not cancel.IsCancellationRequested ->
                    raise (
                        IOException(
                            $"the connection has brought nothing for {invariant patience.TotalSeconds} s",
                            error
                        )
                    )
        }

    // Asks for what is missing of a part; true if all of it has come, as far as the server tells.
    let private attempt (client: HttpClient) (source: Uri) (part: string) (cancel: CancellationToken) =
        task {
            use file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            use request = new HttpRequestMessage(HttpMethod.Get, source)

            if file.Length > 0L then
                request.Headers.Range <- RangeHeaderValue(file.Length, Nullable())

            use! answer = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel)

            let goesOn =
                answer.StatusCode = HttpStatusCode.PartialContent
                && (match answer.Content.Headers.ContentRange with
                    | null -> false
                    | range -> range.From = Nullable file.Length)

            // The part is as long as the file, or longer: the sum will tell.
            if answer.StatusCode <> HttpStatusCode.RequestedRangeNotSatisfiable then
                answer.EnsureSuccessStatusCode() |> ignore

                // A server that knows no ranges, or gives another one, starts anew.
                if not goesOn then
                    file.SetLength 0L

                file.Position <- file.Length
                do! append answer file cancel

            file.Flush true
        }

    let private lengthOf (path: string) = if File.Exists path then FileInfo(path).Length else 0L

    // Until all is there. A connection that breaks is opened again as long as that brings the file further than ever before.
    let private complete (source: Uri) (part: string) (cancel: CancellationToken) =
        task {
            // No proxy leads back to this machine.
            use handler = new SocketsHttpHandler(UseProxy = not source.IsLoopback)
            use client = new HttpClient(handler, Timeout = patience)
            let mutable farthest = -1L
            let mutable isThere = false

            while not isThere do
                try
                    do! attempt client source part cancel
                    isThere <- true
                with
                | :? HttpRequestException as error when error.StatusCode.HasValue ->
                    raise (HttpRequestException($"{source}: {error.Message}", error, error.StatusCode))
                | :? OperationCanceledException when cancel.IsCancellationRequested ->
                    cancel.ThrowIfCancellationRequested()
                | :? OperationCanceledException
                | :? IOException
                | :? HttpRequestException as error ->
                    let length = lengthOf part

                    if length <= farthest || length = 0L then
                        raise (
                            IOException(
                                $"{source}: the connection broke off after {length} bytes: {error.Message}",
                                error
                            )
                        )

                    farthest <- length
        }

    /// Brings a file with this SHA-256 sum (64 hexadecimal digits) to its place; nothing is asked of the server where it is there
    /// already. The file appears whole and checked, or not at all: InvalidDataException for another sum, IOException for a
    /// connection that breaks off, HttpRequestException for an answer that is no file, OperationCanceledException if cancelled.
    let file (source: Uri) (sha256: string) (path: string) (cancel: CancellationToken) : Task =
        if sha256.Length <> 64 || not (Seq.forall Char.IsAsciiHexDigit sha256) then
            invalidArg (nameof sha256) $"a SHA-256 sum has 64 hexadecimal digits, not '{sha256}'"

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

        let isRight (sum: string) = sum.Equals(sha256, StringComparison.OrdinalIgnoreCase)

        task {
            let! before = if File.Exists path then sumOf path cancel else Task.FromResult ""

            if not (isRight before) then
                let part = path + ".part"
                let resumed = lengthOf part > 0L
                do! complete source part cancel
                let! sum = sumOf part cancel
                let mutable sum = sum

                // What an earlier call left may be of another file.
                if resumed && not (isRight sum) then
                    File.Delete part
                    do! complete source part cancel
                    let! again = sumOf part cancel
                    sum <- again

                if not (isRight sum) then
                    File.Delete part
                    raise (InvalidDataException $"{source}: the file has the SHA-256 sum {sum}, not {sha256}")

                File.Move(part, path, true)
        }

    // ---- public data sets

    let private into (folder: string) (root: string) (files: (string * string) list) cancel : Task =
        task {
            Directory.CreateDirectory folder |> ignore

            for name, sum in files do
                do! file (Uri(root + name)) sum (Path.Combine(folder, name)) cancel
        }

    /// Brings the four files of MNIST into a folder, 11 MB; Digits.mnist reads it.
    let mnist (folder: string) (cancel: CancellationToken) : Task =
        into
            folder
            "https://storage.googleapis.com/cvdf-datasets/mnist/"
            [
                "train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
                "train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
                "t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
                "t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
            ]
            cancel

    /// Brings the four files of Fashion-MNIST (Xiao, Rasul and Vollgraf 2017) into a folder, 30 MB; Digits.mnist reads it, for its
    /// images of clothes have the same form.
    let fashionMnist (folder: string) (cancel: CancellationToken) : Task =
        into
            folder
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
            [
                "train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
                "train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"
                "t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"
                "t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"
            ]
            cancel

    /// Writes the .bin files of a .tar.gz archive into a folder, without the folders of the archive.
    let internal unpack (archive: string) (folder: string) : unit =
        use file = File.OpenRead archive
        use unpacked = new GZipStream(file, CompressionMode.Decompress)
        use tar = new TarReader(unpacked)
        let mutable entry = tar.GetNextEntry()

        while not (isNull entry) do
            let found = nonNull entry
            let name = string (Path.GetFileName found.Name)

            match found.DataStream with
            | null -> ()
            | data when name.EndsWith(".bin", StringComparison.Ordinal) ->
                AtomicFile.write (Path.Combine(folder, name)) data.CopyTo
            | _ -> ()

            entry <- tar.GetNextEntry()

    /// Brings the binary version of CIFAR-10 into a folder, 170 MB, and unpacks it; Cifar.cifar10 reads it.
    let cifar10 (folder: string) (cancel: CancellationToken) : Task =
        let name = "cifar-10-binary.tar.gz"

        task {
            do!
                into
                    folder
                    "https://www.cs.toronto.edu/~kriz/"
                    [ name, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd" ]
                    cancel

            unpack (Path.Combine(folder, name)) folder
        }

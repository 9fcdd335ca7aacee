/// Files from a server of this machine: whole and checked, or not there.
module DownloadTests

open System
open System.Formats.Tar
open System.IO
open System.IO.Compression
open System.Net.Http
open System.Security.Cryptography
open System.Threading
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Loopback
open Support

let private content = Array.init 300_000 (fun i -> byte (i * i / 7))
let private sum (bytes: byte[]) = Convert.ToHexString(SHA256.HashData bytes)

// Brings the content to a path; what the task raises is raised here.
let private bring (server: Server) (path: string) =
    (Download.file (server.At "a.bin") (sum content) path CancellationToken.None).GetAwaiter().GetResult()

let private part (path: string) = path + ".part"

let private expectWhole (path: string) =
    Expect.isTrue (File.ReadAllBytes(path).AsSpan().SequenceEqual content) "the content"
    Expect.isFalse (File.Exists(part path)) "no part is left"

let private inPlace (use': string -> unit) = inFolder (fun folder -> use' (Path.Combine(folder, "a.bin")))

let tests =
    testList
        "download"
        [
            test "a file comes whole, and nothing is asked for once it is there" {
                inPlace (fun path ->
                    use server = new Server(fun _ -> ranged content)
                    bring server path
                    expectWhole path
                    bring server path
                    Expect.equal server.Requests [ { Path = "/a.bin"; From = None } ] "one request"
                    File.WriteAllText(path, "another file")
                    bring server path
                    expectWhole path)
            }

            testProperty "broken connections: it goes on from the byte it has come to"
            <| fun (cuts: uint16 list) ->
                let cuts = List.truncate 6 cuts

                inPlace (fun path ->
                    use server =
                        new Server(fun n request ->
                            let from = defaultArg request.From 0
                            // At least one byte more each time, and the rest at last.
                            let sent =
                                match List.tryItem n cuts with
                                | Some cut -> min (content.Length - from) (1 + int cut)
                                | None -> content.Length - from

                            if from = 0 then whole sent content else rest from sent content)

                    bring server path
                    expectWhole path
                    let starts = server.Requests |> List.map (fun request -> defaultArg request.From 0)
                    Expect.equal starts (List.sort (List.distinct starts)) "each request goes on from further")

            test "a part that an earlier call left is gone on with" {
                inPlace (fun path ->
                    File.WriteAllBytes(part path, content[..99_999])
                    use server = new Server(fun _ -> ranged content)
                    bring server path
                    expectWhole path
                    Expect.equal server.Requests [ { Path = "/a.bin"; From = Some 100_000 } ] "the rest alone")
            }

            test "a part that is the whole file already, one that is too long, and one of another file" {
                for left, requests in [ content, 1; Array.append content [| 1uy |], 2; Array.create 1000 7uy, 2 ] do
                    inPlace (fun path ->
                        File.WriteAllBytes(part path, left)
                        use server = new Server(fun _ -> ranged content)
                        bring server path
                        expectWhole path
                        Expect.equal server.Requests.Length requests "requests")
            }

            test "a server without ranges starts anew" {
                inPlace (fun path ->
                    use server =
                        new Server(fun n _ -> if n = 0 then whole 1000 content else whole content.Length content)

                    bring server path
                    expectWhole path
                    Expect.equal (server.Requests |> List.map _.From) [ None; Some 1000 ] "asked, but given all")
            }

            test "a server that gives another range than asked for starts anew" {
                inPlace (fun path ->
                    File.WriteAllBytes(part path, content[..999])

                    use server = new Server(fun _ _ -> rest 0 content.Length content)
                    bring server path
                    expectWhole path)
            }

            test "a connection that breaks off again and again at one place is an error, and the part stays" {
                inPlace (fun path ->
                    use server =
                        new Server(fun _ request ->
                            match request.From with
                            | None -> whole 5000 content
                            | Some from -> rest from 0 content)

                    expectError<IOException> [ string (server.At "a.bin"); "5000 bytes" ] (fun () -> bring server path)

                    Expect.isFalse (File.Exists path) "no file"
                    Expect.equal (FileInfo(part path).Length) 5000L "the part"
                    Expect.equal server.Requests.Length 2 "two requests")
            }

            test "a server without ranges that always breaks off is an error too" {
                inPlace (fun path ->
                    use server = new Server(fun _ _ -> whole 5000 content)
                    expectError<IOException> [ "5000 bytes" ] (fun () -> bring server path)
                    Expect.isFalse (File.Exists path) "no file")
            }

            test "another sum is refused, and leaves no file and no part" {
                inPlace (fun path ->
                    let other = Array.updateAt 77 (content[77] + 1uy) content
                    use server = new Server(fun _ -> ranged other)

                    expectError<InvalidDataException>
                        [ string (server.At "a.bin"); (sum other).ToLowerInvariant() ]
                        (fun () -> bring server path)

                    Expect.isFalse (File.Exists path || File.Exists(part path)) "nothing"
                    File.WriteAllText(path, "an older file")
                    expectError<InvalidDataException> [] (fun () -> bring server path)
                    Expect.equal (File.ReadAllText path) "an older file" "what was there stays")
            }

            test "an answer that is no file says where and which" {
                inPlace (fun path ->
                    use server = new Server(fun _ _ -> refusal "404 Not Found")
                    let error = raised<HttpRequestException>(fun () -> bring server path)
                    Expect.equal (Option.ofNullable error.StatusCode) (Some Net.HttpStatusCode.NotFound) "status"
                    Expect.stringContains error.Message (string (server.At "a.bin")) "address"
                    Expect.isFalse (File.Exists path) "no file")
            }

            test "no server is an error" {
                inPlace (fun path ->
                    let server = new Server(fun _ _ -> refusal "404 Not Found")
                    (server :> IDisposable).Dispose()
                    let gone = Uri "http://127.0.0.1:1/a.bin"

                    expectError<IOException> [ string gone ] (fun () ->
                        (Download.file gone (sum content) path CancellationToken.None).GetAwaiter().GetResult()))
            }

            test "cancelling ends it, and the next call goes on" {
                inPlace (fun path ->
                    use server =
                        new Server(fun n request ->
                            if n = 0 then
                                { whole 200_000 content with Waits = true }
                            else
                                ranged content request)

                    use cancel = new CancellationTokenSource()
                    let task = Download.file (server.At "a.bin") (sum content) path cancel.Token
                    Expect.isTrue (server.AwaitAnswer()) "the first part is sent"
                    cancel.Cancel()
                    expectError<OperationCanceledException> [] (fun () -> task.GetAwaiter().GetResult())
                    Expect.isFalse (File.Exists path) "no file"
                    // A server of its own, for the first one waits with its only thread.
                    use second = new Server(fun _ -> ranged content)
                    bring second path
                    expectWhole path

                    expectError<OperationCanceledException> [] (fun () ->
                        (Download.file (second.At "b") (sum [||]) path cancel.Token).GetAwaiter().GetResult()))
            }

            test "an answer longer or shorter than the file is refused as soon as that shows, and nothing is left" {
                let bringOf length (server: Server) (path: string) =
                    (Download.fileOf length (server.At "a.bin") (sum content) path CancellationToken.None)
                        .GetAwaiter()
                        .GetResult()

                let long = Array.append content (Array.zeroCreate 5_000_000)

                for answer, length, words in
                    [
                        unmeasured long, 300_000L, [ "not 300000" ]
                        whole long.Length long, 300_000L, [ "5300000 bytes"; "not 300000" ]
                        whole 1000 content, 299_999L, [ "300000 bytes" ]
                        whole 1000 content, 300_001L, [ "300000 bytes" ]
                    ] do
                    inFolder (fun folder ->
                        let path = Path.Combine(folder, "a.bin")
                        use server = new Server(fun _ _ -> answer)

                        expectError<InvalidDataException> (string (server.At "a.bin") :: words) (fun () ->
                            bringOf length server path)

                        Expect.isEmpty (Directory.GetFileSystemEntries folder) "nothing")

                inPlace (fun path ->
                    use server = new Server(fun _ -> ranged content)
                    bringOf 300_000L server path
                    expectWhole path
                    File.Delete path
                    let csharp = CSharp.Download.FileOfAsync(server.At "a.bin", 300_000L, sum content, path)
                    csharp.GetAwaiter().GetResult()
                    expectWhole path
                    expectError<ArgumentException> [ "length"; "-1" ] (fun () -> bringOf -1L server path))
            }

            test "a server sends on to another address of the web, and to nothing else" {
                inPlace (fun path ->
                    use server =
                        new Server(fun _ request ->
                            match request.Path with
                            | "/a.bin" -> redirection "/second"
                            | "/second" -> redirection "/third"
                            | _ -> ranged content request)

                    bring server path
                    expectWhole path

                    Expect.equal
                        [ for request in server.Requests -> request.Path ]
                        [ "/a.bin"; "/second"; "/third" ]
                        "ways")

                for place, words in
                    [
                        "file:///etc/passwd", [ "file:///etc/passwd" ]
                        "ftp://127.0.0.1/a", [ "ftp://" ]
                        "http://[", [ "no address" ]
                        "", [ "no" ]
                        "/a.bin", [ "ten times" ]
                    ] do
                    inFolder (fun folder ->
                        let path = Path.Combine(folder, "a.bin")
                        use server = new Server(fun _ _ -> redirection place)

                        expectError<HttpRequestException> (string (server.At "a.bin") :: words) (fun () ->
                            bring server path)

                        Expect.isEmpty (Directory.GetFileSystemEntries folder) "nothing is left")
            }

            test "what fails before a byte has come leaves nothing, and a link at the place of the part is not followed" {
                inFolder (fun folder ->
                    let path, other = Path.Combine(folder, "a.bin"), Path.Combine(folder, "other")
                    use missing = new Server(fun _ _ -> refusal "404 Not Found")
                    expectError<HttpRequestException> [ "404" ] (fun () -> bring missing path)
                    Expect.isEmpty (Directory.GetFileSystemEntries folder) "nothing"
                    File.WriteAllText(other, "mine")
                    File.CreateSymbolicLink(part path, other) |> ignore
                    use server = new Server(fun _ -> ranged content)
                    bring server path
                    expectWhole path
                    Expect.equal (File.ReadAllText other) "mine" "what the link leads to")
            }

            test "what is no sum, no address of the web and no folder is refused at once" {
                let call (source: string) sum path =
                    fun () ->
                        Download.file (Uri(source, UriKind.RelativeOrAbsolute)) sum path CancellationToken.None
                        |> ignore

                expectError<ArgumentException> [ "64"; "abc" ] (call "http://localhost/a" "abc" "a")
                expectError<ArgumentException> [ "64" ] (call "http://localhost/a" (String('g', 64)) "a")
                expectError<ArgumentException> [ "ftp://a/b" ] (call "ftp://a/b" (sum content) "a")
                expectError<ArgumentException> [ "a/b" ] (call "a/b" (sum content) "a")

                expectError<DirectoryNotFoundException>
                    [ "missing" ]
                    (call "http://localhost/a" (sum content) (Path.Combine("missing", "a")))
            }

            test "the archive of CIFAR-10 is unpacked, without its folders and other files" {
                inFolder (fun folder ->
                    let archive = Path.Combine(folder, "cifar.tar.gz")

                    do
                        use file = File.Create archive
                        use zip = new GZipStream(file, CompressionMode.Compress)
                        use tar = new TarWriter(zip)

                        for name in
                            [ for part in 1..5 -> $"data_batch_{part}.bin" ] @ [ "test_batch.bin"; "readme.html" ] do
                            let entry = PaxTarEntry(TarEntryType.RegularFile, $"cifar-10-batches-bin/../{name}")
                            entry.DataStream <- new MemoryStream(ReaderTests.cifarRows [ byte name.Length % 10uy ])
                            tar.WriteEntry entry

                    Download.unpack archive folder
                    let struct (train, test) = Cifar.cifar10 folder
                    Expect.sequenceEqual (Tensor.toLongs train.Targets) [ 6; 6; 6; 6; 6 ] "training set"
                    Expect.sequenceEqual (Tensor.toLongs test.Targets) [ 4 ] "test set"
                    Expect.equal (Directory.GetFileSystemEntries folder).Length 7 "six files and the archive")
            }
        ]

/// A server of this machine that answers as it is told, faults included.
module Loopback

open System
open System.Collections.Concurrent
open System.IO
open System.Net
open System.Net.Sockets
open System.Text
open System.Threading

/// What the server sends before it closes the connection; it waits with that until it ends if asked to.
type Answer = { Bytes: byte[]; Waits: bool }

/// What the server was asked for: the path and the first byte of the range.
type Request = { Path: string; From: int option }

let private answer (head: string list) (body: byte[]) =
    let head = String.concat "\r\n" head + "\r\nConnection: close\r\n\r\n"
    { Bytes = Array.append (Encoding.ASCII.GetBytes head) body; Waits = false }

/// The whole content, of which only the first bytes are sent.
let whole (sent: int) (content: byte[]) =
    answer [ "HTTP/1.1 200 OK"; $"Content-Length: {content.Length}" ] content[.. sent - 1]

/// The content from a byte on, of which only so many are sent.
let rest (from: int) (sent: int) (content: byte[]) =
    answer
        [
            "HTTP/1.1 206 Partial Content"
            $"Content-Length: {content.Length - from}"
            $"Content-Range: bytes {from}-{content.Length - 1}/{content.Length}"
        ]
        content[from .. from + sent - 1]

/// No content.
let refusal (status: string) = answer [ $"HTTP/1.1 {status}"; "Content-Length: 0" ] [||]

/// Sends on to another address.
let redirection (place: string) = answer [ "HTTP/1.1 302 Found"; "Content-Length: 0"; $"Location: {place}" ] [||]

/// Content of which the length is not told.
let unmeasured (content: byte[]) = answer [ "HTTP/1.1 200 OK" ] content

/// Answers as a server does that knows ranges.
let ranged (content: byte[]) (request: Request) =
    match request.From with
    | Some from when from < content.Length -> rest from (content.Length - from) content
    | Some _ -> refusal "416 Range Not Satisfiable"
    | None -> whole content.Length content

/// A server that answers its n-th request, n from 0, until it is disposed of.
type Server(answer: int -> Request -> Answer) =
    let listener = new TcpListener(IPAddress.Loopback, 0)
    let stop = new CancellationTokenSource()
    let requests = ConcurrentQueue<Request>()
    let sent = new SemaphoreSlim 0

    let serve (client: TcpClient) =
        use client = client
        let stream = client.GetStream()
        use reader = new StreamReader(stream, Encoding.ASCII)
        let first = string (reader.ReadLine())
        let mutable from = None
        let mutable line = string (reader.ReadLine())

        while line <> "" do
            if line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase) then
                from <- Some(int (line.Substring("Range: bytes=".Length).TrimEnd '-'))

            line <- string (reader.ReadLine())

        let request = { Path = first.Split(' ')[1]; From = from }
        let number = requests.Count
        requests.Enqueue request
        let answer = answer number request
        stream.Write(answer.Bytes, 0, answer.Bytes.Length)
        sent.Release() |> ignore

        if answer.Waits then
            stop.Token.WaitHandle.WaitOne() |> ignore

        client.Client.Shutdown SocketShutdown.Send

    // A client may leave before all is sent.
    let serveOne (client: TcpClient) =
        try
            serve client
        with
        | :? IOException
        | :? SocketException -> ()

    let accept () =
        try
            while true do
                listener.AcceptTcpClientAsync(stop.Token).AsTask().GetAwaiter().GetResult() |> serveOne
        with :? OperationCanceledException when stop.IsCancellationRequested ->
            ()

    let thread = Thread(accept, IsBackground = true)

    do
        listener.Start()
        thread.Start()

    /// Where a file of this name would be.
    member _.At(name: string) = Uri $"http://127.0.0.1:{(listener.LocalEndpoint :?> IPEndPoint).Port}/{name}"

    /// What it was asked for so far.
    member _.Requests = List.ofSeq requests

    /// Waits until one more answer is sent; false where none is for a minute.
    member _.AwaitAnswer() = sent.Wait(TimeSpan.FromMinutes 1.0)

    interface IDisposable with
        member _.Dispose() =
            stop.Cancel()
            thread.Join()
            listener.Stop()
            stop.Dispose()
            sent.Dispose()

namespace Functional.FSharp

open System
open System.IO
open System.Net
open System.Net.Http
open System.Net.Http.Headers
open System.Security.Cryptography
open System.Threading

/// How a file comes over HTTP: no longer than it may be, from where the server sends on to, and on from where a connection broke.
module internal Transfer =

    // A connection that brings nothing for so long is taken for broken.
    let private patience = TimeSpan.FromSeconds 60.0

    /// The SHA-256 sum of a file.
    let sumOf (path: string) (cancel: CancellationToken) =
        task {
            use file = File.OpenRead path
            let! sum = SHA256.HashDataAsync(file, cancel)
            return Convert.ToHexStringLower sum
        }

    /// How long the file is: exactly so, where the caller knows, or at most so.
    [<NoEquality; NoComparison>]
    type Length =
        | Exactly of int64
        | AtMost of int64

    let private mostOf length =
        match length with
        | Exactly bytes
        | AtMost bytes -> bytes

    // Refuses a file of so many bytes, as far as they have come or as the server says.
    let private checkLength (source: Uri) length (isAll: bool) (bytes: int64) =
        match length with
        | Exactly expected when bytes > expected || isAll && bytes <> expected ->
            raise (InvalidDataException $"{source}: the file has {bytes} bytes or more, not {expected}")
        | AtMost most when bytes > most ->
            raise (
                InvalidDataException
                    $"{source}: the file has {bytes} bytes or more, above the limit of {most} for files whose length is not given"
            )
        | _ -> ()

    // The answer's bytes behind what is there, until it ends or breaks off.
    let private append (answer: HttpResponseMessage) source length (file: FileStream) (cancel: CancellationToken) =
        task {
            use! body = answer.Content.ReadAsStreamAsync cancel
            let piece = Array.zeroCreate 81920
            let mutable more = true

            while more do
                use slow = CancellationTokenSource.CreateLinkedTokenSource cancel
                slow.CancelAfter patience

                try
                    let! found = body.ReadAsync(piece.AsMemory(), slow.Token)
                    checkLength source length false (file.Length + int64 found)
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

    // What stands at the place of a part is another's if it is a link: it is not followed.
    let private openPart (part: string) =
        if not (isNull (FileInfo part).LinkTarget) then
            File.Delete part

        new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)

    // A server may send on to another address, but not to a file of this machine, nor from a secure one to one that is not.
    let private next (at: Uri) (answer: HttpResponseMessage) : Uri voption =
        let isElsewhere =
            match answer.StatusCode with
            | HttpStatusCode.MovedPermanently
            | HttpStatusCode.Found
            | HttpStatusCode.SeeOther
            | HttpStatusCode.TemporaryRedirect
            | HttpStatusCode.PermanentRedirect -> true
            | _ -> false

        let refuse problem = raise (HttpRequestException(problem, null, Nullable answer.StatusCode))

        if not isElsewhere then
            ValueNone
        else
            match answer.Headers.Location with
            | null -> refuse $"{at} sends on to no address that can be read"
            | place ->
                let place = if place.IsAbsoluteUri then place else Uri(at, place)

                if
                    place.Scheme = Uri.UriSchemeHttps
                    || place.Scheme = Uri.UriSchemeHttp && at.Scheme = Uri.UriSchemeHttp
                then
                    ValueSome place
                else
                    refuse $"{at} sends on to {Refusal.shown (string place)}, and no file is brought from there"

    // The answer to a request for what is missing of a part, after no more than ten redirections.
    let private ask (client: HttpClient) (source: Uri) (have: int64) (cancel: CancellationToken) =
        task {
            let mutable at = source
            let mutable answer: HttpResponseMessage | null = null
            let mutable asked = 0

            while isNull answer do
                use request = new HttpRequestMessage(HttpMethod.Get, at)

                if have > 0L then
                    request.Headers.Range <- RangeHeaderValue(have, Nullable())

                let! found = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel)
                asked <- asked + 1

                try
                    match next at found with
                    | ValueNone -> answer <- found
                    | ValueSome place when asked <= 10 -> at <- place
                    | ValueSome _ ->
                        raise (HttpRequestException("it sends on more than ten times", null, Nullable found.StatusCode))
                finally
                    if isNull answer then
                        found.Dispose()

            return nonNull answer
        }

    // Asks for what is missing of a part; true if all of it has come, as far as the server tells.
    let private attempt (client: HttpClient) (source: Uri) length (part: string) (cancel: CancellationToken) =
        task {
            use file = openPart part

            if file.Length > mostOf length then
                file.SetLength 0L

            use! answer = ask client source file.Length cancel

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

                let announced = answer.Content.Headers.ContentLength

                if announced.HasValue then
                    checkLength source length true (file.Length + announced.Value)

                file.Position <- file.Length
                do! append answer source length file cancel

            file.Flush true
        }

    /// The length of a file, 0 where there is none.
    let lengthOf (path: string) = if File.Exists path then FileInfo(path).Length else 0L

    // Until all is there. A connection that breaks is opened again as long as that brings the file further than ever before.
    let private complete (source: Uri) length (part: string) (cancel: CancellationToken) =
        task {
            // No proxy leads back to this machine.
            use handler = new SocketsHttpHandler(UseProxy = not source.IsLoopback, AllowAutoRedirect = false)
            use client = new HttpClient(handler, Timeout = patience)
            let mutable farthest = -1L
            let mutable isThere = false

            while not isThere do
                try
                    do! attempt client source length part cancel
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

    /// Brings a file of this sum to the place of its part. What an earlier call left there is gone on with.
    let bring (source: Uri) length (sha256: string) (part: string) (cancel: CancellationToken) =
        task {
            let isRight (sum: string) = sum.Equals(sha256, StringComparison.OrdinalIgnoreCase)
            let resumed = lengthOf part > 0L
            do! complete source length part cancel
            let! sum = sumOf part cancel
            let mutable sum = sum

            // What an earlier call left may be of another file.
            if resumed && not (isRight sum) then
                File.Delete part
                do! complete source length part cancel
                let! again = sumOf part cancel
                sum <- again

            if not (isRight sum) then
                raise (InvalidDataException $"{source}: the file has the SHA-256 sum {sum}, not {sha256}")
        }

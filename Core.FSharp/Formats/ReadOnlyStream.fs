namespace Functional.FSharp

open System
open System.IO

/// A stream that is read from its beginning to its end, and nothing else.
[<AbstractClass>]
type internal ReadOnlyStream() =
    inherit Stream()

    override stream.Read(buffer: byte[], offset: int, count: int) = stream.Read(buffer.AsSpan(offset, count))
    override _.CanRead = true
    override _.CanSeek = false
    override _.CanWrite = false
    override _.Flush() = ()
    override _.Length = raise (NotSupportedException())

    override _.Position
        with get () = raise (NotSupportedException())
        and set _ = raise (NotSupportedException())

    override _.Seek(_: int64, _: SeekOrigin) = raise (NotSupportedException())
    override _.SetLength(_: int64) = raise (NotSupportedException())
    override _.Write(_: byte[], _: int, _: int) = raise (NotSupportedException())

/// The bytes of a stream, and the CRC-32 of those that were read.
[<Sealed>]
type internal SummedStream(inner: Stream) =
    inherit ReadOnlyStream()

    let mutable sum = 0u

    /// The sum of all bytes so far.
    member _.Sum = sum

    override _.Read(buffer: Span<byte>) =
        let found = inner.Read buffer
        sum <- Checksum.crc32 sum (Span.op_Implicit (buffer.Slice(0, found)))
        found

    override _.Dispose(disposing: bool) =
        if disposing then
            inner.Dispose()

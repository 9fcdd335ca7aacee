/// Event files that TensorBoard reads: records of TFRecord, each an Event of TensorFlow in the form of protocol buffers.
module internal Functional.FSharp.Events

open System
open System.Buffers.Binary
open System.Globalization
open System.IO
open System.Text

// ---- protocol buffers: each field is its number and its kind, and then its value

let private varint (into: Stream) (value: uint64) =
    let mutable rest = value

    while rest >= 128UL do
        into.WriteByte(byte rest ||| 128uy)
        rest <- rest >>> 7

    into.WriteByte(byte rest)

let private field (number: int) (kind: int) (into: Stream) = varint into (uint64 (number <<< 3 ||| kind))

let private bytes (number: int) (value: byte[]) (into: Stream) =
    field number 2 into
    varint into (uint64 value.Length)
    into.Write(value, 0, value.Length)

let private double (number: int) (value: float) (into: Stream) =
    field number 1 into
    into.Write(ReadOnlySpan(BitConverter.GetBytes value))

let private single (number: int) (value: float32) (into: Stream) =
    field number 5 into
    into.Write(ReadOnlySpan(BitConverter.GetBytes value))

let private integer (number: int) (value: int64) (into: Stream) =
    field number 0 into
    varint into (uint64 value)

let private message (fields: (Stream -> unit) list) : byte[] =
    use into = new MemoryStream()
    fields |> List.iter (fun write -> write into)
    into.ToArray()

let private text (value: string) = Encoding.UTF8.GetBytes value

// Seconds since 1970.
let private now () = float (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()) / 1000.0

// ---- records

// TFRecord turns its sums, for it holds others' records too.
let private masked (bytes: ReadOnlySpan<byte>) : uint32 =
    let sum = Checksum.crc32c 0u bytes
    (sum >>> 15 ||| (sum <<< 17)) + 0xa282ead8u

let private append (path: string) (event: byte[]) =
    let record = Array.zeroCreate<byte>(8 + 4 + event.Length + 4)
    BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(), int64 event.Length)
    BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan 8, masked (ReadOnlySpan(record, 0, 8)))
    event.CopyTo(record, 12)
    BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + event.Length), masked (ReadOnlySpan event))
    use file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)
    file.Write(record, 0, record.Length)

/// A new event file in a folder, which is made where it is missing; each number given is in the file when the call returns.
let scalars (folder: string) : int -> string -> float -> unit =
    Directory.CreateDirectory folder |> ignore
    let seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString CultureInfo.InvariantCulture
    let path = Path.Combine(folder, $"events.out.tfevents.{seconds}.{Environment.MachineName}.{Guid.NewGuid():N}")
    append path (message [ double 1 (now ()); bytes 3 (text "brain.Event:2") ])

    fun step name value ->
        let number = message [ bytes 1 (text name); single 2 (float32 value) ]
        append path (message [ double 1 (now ()); integer 2 (int64 step); bytes 5 (message [ bytes 1 number ]) ])

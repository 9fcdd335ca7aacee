namespace Functional.FSharp

open System
open System.Buffers.Binary
open System.Globalization
open System.IO
open System.Text
open Functional

/// What the header of a .npy file says: the type of the elements, whether the first axis runs fastest, and the lengths of
/// the axes. `Length` is where the elements begin.
[<NoEquality; NoComparison>]
type internal NpyHeader = { Type: string; IsFortran: bool; Shape: int list; Length: int64 }

/// The header of .npy files: a dictionary as Python writes it, with the keys descr, fortran_order and shape.
module internal NpyHeader =

    let private magic = [| 0x93uy; byte 'N'; byte 'U'; byte 'M'; byte 'P'; byte 'Y' |]

    /// The type of arrays of records, whose description is a list.
    let records = "records"

    // NumPy reads no longer ones from files that it does not trust.
    let private most = 10_000L

    // ---- reading

    // A place in the text of a header, which only goes on: a header is read in one go.
    type private Cursor(path: string, offset: int64, text: string) =
        let mutable at = 0

        member _.Refuse(problem: string) : 'a = Refusal.at path (offset + int64 at) problem
        member _.IsAtEnd = at = text.Length
        member _.Here = if at < text.Length then text[at] else '\000'
        member _.Step() = at <- min text.Length (at + 1)

        member cursor.Blanks() =
            while Char.IsWhiteSpace cursor.Here do
                cursor.Step()

        member cursor.Expect(letter: char) =
            cursor.Blanks()

            if cursor.Here <> letter then
                cursor.Refuse
                    $"the header has no '{letter}' where it should; it gives descr, fortran_order and shape once each"

            cursor.Step()

        /// What stands from here on as long as letters are of a kind.
        member cursor.While(isPart: char -> bool) : string =
            let first = at

            while at < text.Length && isPart text[at] do
                at <- at + 1

            text.Substring(first, at - first)

        member cursor.Quoted() : string =
            cursor.Blanks()
            let quote = cursor.Here

            if quote <> '\'' && quote <> '"' then
                cursor.Refuse
                    "the header has no text in quotes where it should; it gives descr, fortran_order and shape once each"

            cursor.Step()
            let found = cursor.While(fun letter -> letter <> quote && letter <> '\\')
            cursor.Expect quote
            found

        /// A list, which may hold lists and tuples, is passed over.
        member cursor.PassList() =
            let mutable depth = 0
            let mutable more = true

            while more do
                match cursor.Here with
                | '['
                | '(' ->
                    depth <- depth + 1
                    cursor.Step()
                | ']'
                | ')' ->
                    depth <- depth - 1
                    cursor.Step()
                    more <- depth > 0
                | '\''
                | '"' -> cursor.Quoted() |> ignore
                | _ when cursor.IsAtEnd -> cursor.Refuse "the header ends inside a list"
                | _ -> cursor.Step()

        member cursor.Lengths() : int list =
            cursor.Expect '('

            let rec rest lengths =
                cursor.Blanks()

                if cursor.Here = ')' then
                    cursor.Step()
                    List.rev lengths
                else
                    let digits = cursor.While Char.IsAsciiDigit

                    match Int32.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture) with
                    | true, length ->
                        // Python 2 writes long numbers with an L.
                        if cursor.Here = 'L' then
                            cursor.Step()

                        cursor.Blanks()

                        if cursor.Here <> ')' then
                            cursor.Expect ','

                        rest (length :: lengths)
                    | _ ->
                        cursor.Refuse $"the shape has no length '{Refusal.shown digits}' between 0 and {Int32.MaxValue}"

            rest []

    let private parse path offset (length: int64) (text: string) : NpyHeader =
        let cursor = Cursor(path, offset, text)
        let mutable descr, order, shape = ValueNone, ValueNone, ValueNone

        let once (found: 'a voption) value =
            if found.IsSome then
                cursor.Refuse "the header does not give descr, fortran_order and shape once each"

            ValueSome value

        cursor.Expect '{'
        cursor.Blanks()

        while cursor.Here <> '}' do
            let key = cursor.Quoted()
            cursor.Expect ':'
            cursor.Blanks()

            match key with
            | "descr" when cursor.Here = '[' ->
                cursor.PassList()
                descr <- once descr records
            | "descr" -> descr <- once descr (cursor.Quoted())
            | "fortran_order" ->
                match cursor.While Char.IsAsciiLetter with
                | "True" -> order <- once order true
                | "False" -> order <- once order false
                | other -> cursor.Refuse $"fortran_order is True or False, not '{Refusal.shown other}'"
            | "shape" -> shape <- once shape (cursor.Lengths())
            | other ->
                cursor.Refuse
                    $"the header has '{Refusal.shown other}'; it gives descr, fortran_order and shape once each"

            cursor.Blanks()

            if cursor.Here <> '}' then
                cursor.Expect ','
                cursor.Blanks()

        cursor.Step()
        cursor.Blanks()

        if not cursor.IsAtEnd then
            cursor.Refuse "the header goes on behind its '}'"

        match descr, order, shape with
        | ValueSome descr, ValueSome order, ValueSome shape ->
            { Type = descr; IsFortran = order; Shape = shape; Length = offset + length }
        | _ -> cursor.Refuse "the header does not give descr, fortran_order and shape once each"

    /// The header with which a stream begins, of no more than `most` bytes.
    let read path (stream: Stream) (mostBytes: int64) : NpyHeader =
        let bytes (offset: int64) (count: int) what =
            let buffer = Array.zeroCreate count

            let found =
                try
                    stream.ReadAtLeast(buffer.AsSpan(), count, false)
                with Refusal.DamagedData error ->
                    Refusal.because error path offset $"the compressed data are damaged: {error.Message}"

            if found < count then
                Refusal.at path (offset + int64 found) $"the file ends inside {what}"

            buffer

        let start = bytes 0L 8 "the first bytes"

        if not (start.AsSpan(0, 6).SequenceEqual magic) then
            Refusal.at path 0L "this is no .npy file: it does not start with \\x93NUMPY"

        let size =
            match start[6], start[7] with
            | 1uy, 0uy -> 2
            | (2uy | 3uy), 0uy -> 4
            | major, minor -> Refusal.at path 6L $"versions 1.0, 2.0 and 3.0 are read, not {major}.{minor}"

        let length = Array.append (bytes 8L size "the length of the header") [| 0uy; 0uy; 0uy; 0uy |]
        let length = int64 (BinaryPrimitives.ReadUInt32LittleEndian(ReadOnlySpan length))
        let first = int64 (8 + size)

        if length > mostBytes - first || length > most then
            Refusal.at
                path
                8L
                $"the header is said to have {length} bytes, in a file with {mostBytes}; {most} at most are read"

        parse path first length (Encoding.UTF8.GetString(bytes first (int length) "the header"))

    // ---- types of elements

    // NumPy's short names: a letter and the number of bytes.
    let private short (name: string) =
        match name with
        | "bool" -> "b1"
        | _ ->
            let digits = name.TrimStart([| 'a' .. 'z' |])
            $"{name[0]}{int digits / 8}"

    /// What is read, by the names that NumPy gives it.
    let known: string =
        String.Join(
            ", ",
            [
                for kind in Elements.kinds do
                    if kind.Numpy <> "" then
                        short kind.Numpy
            ]
        )

    /// How elements of such a type are held and whether big-endian, or why they are not read.
    let stored (header: NpyHeader) : Result<struct (Stored * bool), string> =
        let name = header.Type
        let hasOrder = name <> "" && List.contains name[0] [ '<'; '>'; '='; '|' ]
        let order, plain = (if hasOrder then name[0] else '='), (if hasOrder then name.Substring 1 else name)

        let isNamed (kind: Stored) =
            kind.Numpy <> ""
            && (short kind.Numpy = plain || kind.Numpy = plain || kind.Numpy = "bool" && plain = "?")

        match List.tryFind isNamed Elements.kinds with
        | Some kind when order <> '|' || kind.Size = 1 -> Ok(struct (kind, order = '>'))
        | _ when name = records -> Error "arrays of records (structured dtypes) are not read; save each field by itself"
        | _ ->
            let object = if plain.StartsWith 'O' then ", which are objects of Python," else ""

            Error
                $"elements of type '{Refusal.shown name}'{object} are not read, only {known}; convert them with astype"

    // ---- writing

    /// The header of a tensor's file; an ArgumentException where NumPy has no such type.
    let write (x: Tensor) : byte[] =
        let kind = Elements.ofDtype x.Dtype

        if kind.Numpy = "" then
            let dtype = x.Dtype.ToString().ToLowerInvariant()
            raise (ArgumentException $"Npy.save: NumPy has no {dtype}; cast {x} to float32 first")

        let order = if kind.Size = 1 then "|" else "<"
        // A tuple of Python: one length alone has a comma behind it.
        let lengths = String.Join(", ", x.Shape)
        let shape = if x.Rank = 1 then lengths + "," else lengths
        let text = $"{{'descr': '{order}{short kind.Numpy}', 'fortran_order': False, 'shape': ({shape}), }}"
        // NumPy pads with spaces, so that the elements start at a multiple of 64.
        let length = (10 + text.Length + 1 + 63) / 64 * 64 - 10

        let bytes =
            Array.concat [ magic; [| 1uy; 0uy; 0uy; 0uy |]; Encoding.ASCII.GetBytes(text.PadRight(length - 1) + "\n") ]

        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan 8, uint16 length)
        bytes

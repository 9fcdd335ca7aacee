/// As much of ELF as the loader needs: 64-bit little-endian shared libraries of x86-64 (System V gABI, LSB 5.0 §10.7).
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Elf

open System
open System.Buffers.Binary
open System.IO
open System.Text

type private Section = { Kind: uint32; Offset: uint64; Size: uint64; Link: int; Info: uint32 }

// Kinds of sections, and the flag of a version that may be absent.
let private relocations = [ 4u; 9u ]
let private symbols = 11u
let private neededVersions = 0x6ffffffeu
let private symbolVersions = 0x6fffffffu
let private weak = 2us

let private refuse problem : 'a = raise (InvalidDataException problem)

let private slice (file: byte[]) (offset: uint64) (length: uint64) =
    let size = uint64 file.Length

    if offset > size || length > size - offset then
        refuse $"it ends at byte {size}, before what it says lies at byte {offset}"

    ReadOnlySpan(file, int offset, int length)

let private u16 file offset = BinaryPrimitives.ReadUInt16LittleEndian(slice file offset 2UL)
let private u32 file offset = BinaryPrimitives.ReadUInt32LittleEndian(slice file offset 4UL)
let private u64 file offset = BinaryPrimitives.ReadUInt64LittleEndian(slice file offset 8UL)

/// Refuses what is no whole shared library of x86-64: to map a file that was cut short would end the process.
let check (file: Stream) : unit =
    let read (offset: uint64) (length: int) =
        let size = uint64 file.Length

        if offset > size || uint64 length > size - offset then
            refuse $"it ends at byte {size}, before what it says lies at byte {offset}"

        let bytes: byte[] = Array.zeroCreate length
        file.Position <- int64 offset
        file.ReadExactly bytes
        bytes

    let header = read 0UL 64

    if u32 header 0UL <> 0x464c457fu then
        refuse "it is no ELF file"

    // Class 64-bit and little-endian; a shared library (3) for x86-64 (62).
    if u16 header 4UL <> 0x0102us || u16 header 16UL <> 3us || u16 header 18UL <> 62us then
        refuse "it is no shared library for x86-64"

    let segmentSize, count = u16 header 54UL, int (u16 header 56UL)

    if segmentSize <> 56us || count = 0 then
        refuse "it has no program headers"

    let segments = read (u64 header 32UL) (56 * count)

    for i in 0 .. count - 1 do
        let at = uint64 (56 * i)
        let offset, size = u64 segments (at + 8UL), u64 segments (at + 32UL)

        if u32 segments at = 1u then
            if offset > uint64 file.Length || size > uint64 file.Length - offset then
                refuse $"it is cut short: of a segment at byte {offset} with {size} bytes, not all are there"

let private sections file =
    let offset, entry, count = u64 file 40UL, u16 file 58UL, int (u16 file 60UL)

    if offset = 0UL || entry <> 64us || count = 0 then
        refuse "it has no section headers"

    let table = (slice file offset (64UL * uint64 count)).ToArray()

    [|
        for i in 0 .. count - 1 do
            let at = uint64 (64 * i)

            {
                Kind = u32 table (at + 4UL)
                Offset = u64 table (at + 24UL)
                Size = u64 table (at + 32UL)
                Link = int (u32 table (at + 40UL))
                Info = u32 table (at + 44UL)
            }
    |]

let private content file section = (slice file section.Offset section.Size).ToArray()

let private linked (sections: Section[]) section =
    if section.Link < 0 || section.Link >= sections.Length then
        refuse $"a section refers to section {section.Link} of {sections.Length}"

    sections[section.Link]

let private text (strings: byte[]) (offset: uint32) =
    let rest = slice strings (uint64 offset) (uint64 strings.Length - min (uint64 strings.Length) (uint64 offset))

    match rest.IndexOf 0uy with
    | -1 -> refuse $"the text at {offset} of its string table has no end"
    | length -> Encoding.ASCII.GetString(rest.Slice(0, length))

// The entries of this name among the needed versions, as offsets in the section (Elf64_Verneed, Elf64_Vernaux).
let private requirements (strings: byte[]) (needed: byte[]) (libraries: uint32) version =
    [
        let mutable library = 0UL
        let mutable librariesLeft = libraries

        while librariesLeft > 0u do
            let mutable entry = library + uint64 (u32 needed (library + 8UL))
            let mutable entriesLeft = u16 needed (library + 2UL)

            while entriesLeft > 0us do
                if text strings (u32 needed (entry + 8UL)) = version then
                    entry

                let next = u32 needed (entry + 12UL)
                entry <- entry + uint64 next
                entriesLeft <- if next = 0u then 0us else entriesLeft - 1us

            let next = u32 needed (library + 12UL)
            library <- library + uint64 next
            librariesLeft <- if next = 0u then 0u else librariesLeft - 1u
    ]

/// The file with its need of a version marked weak, so that it loads where that version is absent. Refused unless the
/// version stands for this one symbol only and no relocation names it. A file without the need comes back as it is.
let markWeak (version: string) (symbol: string) (file: byte[]) : byte[] =
    check (new MemoryStream(file))
    let sections = sections file

    let single kind =
        match sections |> Array.filter (fun section -> section.Kind = kind) with
        | [| section |] -> Some section
        | [||] -> None
        | many -> refuse $"it has {many.Length} sections of kind 0x{kind:x}, where one is expected"

    let require kind =
        match single kind with
        | Some section -> section
        | None -> refuse $"it has no section of kind 0x{kind:x}"

    let edit needs =
        let strings = content file (linked sections needs)
        let needed = content file needs

        match requirements strings needed needs.Info version with
        | [] -> file
        | [ entry ] when u16 needed (entry + 4UL) &&& weak <> 0us -> file
        | [ entry ] ->
            let index = u16 needed (entry + 6UL) &&& 0x7fffus
            let versions = content file (require symbolVersions)
            let table = require symbols
            let symbolNames = content file (linked sections table)
            let symbolTable = content file table

            let bound =
                [
                    for i in 0 .. versions.Length / 2 - 1 do
                        if u16 versions (uint64 (2 * i)) &&& 0x7fffus = index then
                            i, text symbolNames (u32 symbolTable (uint64 i * 24UL))
                ]

            match bound |> List.filter (fun (_, name) -> name <> symbol) with
            | [] -> ()
            | (_, name) :: _ -> refuse $"its symbol {name} needs {version} too"

            for section in sections do
                if List.contains section.Kind relocations then
                    let entries = content file section
                    let size = if section.Kind = 4u then 24 else 16

                    for at in 0..size .. entries.Length - size do
                        let target = int (u64 entries (uint64 at + 8UL) >>> 32)

                        if bound |> List.exists (fun (i, _) -> i = target) then
                            refuse $"a relocation uses {symbol} of {version}"

            let edited = Array.copy file
            let flags = int (needs.Offset + entry) + 4
            BinaryPrimitives.WriteUInt16LittleEndian(Span(edited, flags, 2), u16 file (uint64 flags) ||| weak)
            edited
        | many -> refuse $"it asks for {version} of {many.Length} libraries"

    match single neededVersions with
    | Some needs -> edit needs
    | None -> file

/// Products of a matrix of zeros and ones with a matrix of numbers. Of four rows of numbers all sixteen sums are tabulated, and
/// each row of bits looks up what it needs: a quarter of the additions (the "four Russians": Arlazarov et al. 1970).
[<RequireQualifiedAccess>]
module internal Functional.FSharp.BitProducts

#nowarn "9" // pointers into tensors on the CPU, which the garbage collector does not move

open System
open System.Buffers
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.X86
open Microsoft.FSharp.NativeInterop
open TorchSharp

type private P = nativeptr<float32>

// Columns that are worked on together, and the rows whose sums stay in the cache meanwhile.
let private wide, tall = 32, 1024
let private tables = Bits.perWord / 4
let private tableLength = 16 * wide

let inline private at (p: P) (i: int) : P = NativePtr.add p i

let private copy (length: int) (from: P) (into: P) =
    Span<float32>(NativePtr.toVoidPtr from, length).CopyTo(Span<float32>(NativePtr.toVoidPtr into, length))

let inline private sixteen
    ([<InlineIfLambda>] load: P -> 'v)
    ([<InlineIfLambda>] store: 'v -> P -> unit)
    ([<InlineIfLambda>] add: 'v -> 'v -> 'v)
    (zero: 'v)
    (lanes: int)
    (rows: P)
    (stride: int)
    (table: P)
    =
    for q in 0 .. tables - 1 do
        let first = at rows (4 * q * stride)
        let mutable c = 0

        while c < wide do
            let into = at table (tableLength * q + c)
            let r0, r1 = load (at first c), load (at first (stride + c))
            let r2, r3 = load (at first (2 * stride + c)), load (at first (3 * stride + c))
            let r01, r23 = add r0 r1, add r2 r3
            store zero into
            store r0 (at into wide)
            store r1 (at into (2 * wide))
            store r01 (at into (3 * wide))
            store r2 (at into (4 * wide))
            store (add r0 r2) (at into (5 * wide))
            store (add r1 r2) (at into (6 * wide))
            store (add r01 r2) (at into (7 * wide))
            store r3 (at into (8 * wide))
            store (add r0 r3) (at into (9 * wide))
            store (add r1 r3) (at into (10 * wide))
            store (add r01 r3) (at into (11 * wide))
            store r23 (at into (12 * wide))
            store (add r0 r23) (at into (13 * wide))
            store (add r1 r23) (at into (14 * wide))
            store (add r01 r23) (at into (15 * wide))
            c <- c + lanes

// The sixteen sums of each four of 32 rows, and further below the sums that each row of bits asks for: the same additions in
// the same order, eight lanes or sixteen at a time.
[<MethodImpl(MethodImplOptions.AggressiveOptimization)>]
let private tabulate (rows: P, stride: int, table: P) =
    sixteen
        (fun p -> Vector256.Load p)
        (fun v p -> Vector256.Store(v, p))
        (fun a b -> Vector256.Add(a, b))
        Vector256<float32>.Zero
        8
        rows
        stride
        table

[<MethodImpl(MethodImplOptions.AggressiveOptimization)>]
let private tabulateWider (rows: P, stride: int, table: P) =
    sixteen
        (fun p -> Vector512.Load p)
        (fun v p -> Vector512.Store(v, p))
        (fun a b -> Vector512.Add(a, b))
        Vector512<float32>.Zero
        16
        rows
        stride
        table

// Where four bits of a word point to in their table: a row of the table has 128 bytes, so they are shifted to bit 7.
let inline private entry (table: P) (q: int) (shifted: uint32) : P =
    NativePtr.ofNativeInt (
        NativePtr.toNativeInt table + nativeint (4 * tableLength * q) + nativeint (shifted &&& 0x780u)
    )

let inline private eight ([<InlineIfLambda>] load: P -> 'v) ([<InlineIfLambda>] add: 'v -> 'v -> 'v) (table: P) word c =
    let inline sum q low high = add (load (at (entry table q low) c)) (load (at (entry table (q + 1) high) c))

    let first = add (sum 0 (word <<< 7) (word <<< 3)) (sum 2 (word >>> 1) (word >>> 5))
    add first (add (sum 4 (word >>> 9) (word >>> 13)) (sum 6 (word >>> 17) (word >>> 21)))

// Adds to the sums of each row what its word asks for.
[<MethodImpl(MethodImplOptions.AggressiveOptimization)>]
let private lookUp (words: nativeptr<uint32>, rows: int, table: P, sums: P) =
    for r in 0 .. rows - 1 do
        let word = NativePtr.get words r
        let mutable c = 0

        while c < wide do
            let sum = eight (fun p -> Vector256.Load p) (fun a b -> Vector256.Add(a, b)) table word c
            let into = at sums (wide * r + c)
            Vector256.Store(Vector256.Add(Vector256.Load into, sum), into)
            c <- c + 8

[<MethodImpl(MethodImplOptions.AggressiveOptimization)>]
let private lookUpWider (words: nativeptr<uint32>, rows: int, table: P, sums: P) =
    for r in 0 .. rows - 1 do
        let word = NativePtr.get words r
        let low = eight (fun p -> Vector512.Load p) (fun a b -> Vector512.Add(a, b)) table word 0
        let high = eight (fun p -> Vector512.Load p) (fun a b -> Vector512.Add(a, b)) table word 16
        let into = at sums (wide * r)
        Vector512.Store(Vector512.Add(Vector512.Load into, low), into)
        Vector512.Store(Vector512.Add(Vector512.Load(at into 16), high), at into 16)

// Eight rows of eight numbers become columns.
[<MethodImpl(MethodImplOptions.AggressiveInlining)>]
let private turn (from: P) (stride: int) (into: P) =
    let inline pair i j =
        let a, b = Vector256.Load(at from (i * stride)), Vector256.Load(at from (j * stride))
        struct (Avx.UnpackLow(a, b), Avx.UnpackHigh(a, b))

    let inline halves (a: Vector256<float32>) (b: Vector256<float32>) =
        struct (Avx.Shuffle(a, b, 0x44uy), Avx.Shuffle(a, b, 0xEEuy))

    let inline store i (upper: Vector256<float32>) (lower: Vector256<float32>) =
        Vector256.Store(Avx.Permute2x128(upper, lower, 0x20uy), at into (i * wide))
        Vector256.Store(Avx.Permute2x128(upper, lower, 0x31uy), at into ((i + 4) * wide))

    let struct (a, b) = pair 0 1
    let struct (c, d) = pair 2 3
    let struct (e, f) = pair 4 5
    let struct (g, h) = pair 6 7
    let struct (ac, ac') = halves a c
    let struct (bd, bd') = halves b d
    let struct (eg, eg') = halves e g
    let struct (fh, fh') = halves f h
    store 0 ac eg
    store 1 ac' eg'
    store 2 bd fh
    store 3 bd' fh'

[<MethodImpl(MethodImplOptions.AggressiveOptimization)>]
let private turnTile (from: P, stride: int, tile: P) =
    for i in 0..3 do
        for j in 0..3 do
            turn (at from (8 * i * stride + 8 * j)) stride (at tile (8 * j * wide + 8 * i))

/// A matrix of numbers [inner; columns], or the other way round in memory where it is turned.
[<Struct>]
type private Numbers = { At: nativeint; Inner: int; Columns: int; Turned: bool }

// The tile of 32 rows and columns from a place on, which may hang over the edges: there it is 0.
let private edge (m: Numbers, k: int, c: int, tile: P) =
    let deep, across = min Bits.perWord (m.Inner - k), min wide (m.Columns - c)
    let from: P = NativePtr.ofNativeInt m.At
    Span<float32>(NativePtr.toVoidPtr tile, Bits.perWord * wide).Clear()

    for i in 0 .. deep - 1 do
        for j in 0 .. across - 1 do
            let place = if m.Turned then (c + j) * m.Inner + k + i else (k + i) * m.Columns + c + j
            NativePtr.set tile (wide * i + j) (NativePtr.get from place)

// The rows of the tile after a place are called from far memory meanwhile.
let private callAhead (m: Numbers) (k: int) (c: int) =
    let struct (first, stride) =
        if m.Turned then
            struct (c * m.Inner + k, m.Inner)
        else
            struct (k * m.Columns + c, m.Columns)

    for i in 0 .. Bits.perWord - 1 do
        let row: P = at (NativePtr.ofNativeInt m.At) (first + i * stride)
        Sse.Prefetch0(NativePtr.toVoidPtr row)
        Sse.Prefetch0(NativePtr.toVoidPtr (at row 16))
        Sse.Prefetch0(NativePtr.toVoidPtr (at row 31))

// The sums of some rows in the columns from c on: words are `every` apart from one 32 bits to the next.
let private block (words: nativeptr<uint32>, every: int, rows: int, m: Numbers, c: int, scratch: P, sums: P) =
    let tile, table = scratch, at scratch (Bits.perWord * wide)
    let from: P = NativePtr.ofNativeInt m.At

    for g in 0 .. Bits.wordsOf m.Inner - 1 do
        let k = Bits.perWord * g

        let struct (rows', stride) =
            if k + Bits.perWord > m.Inner || c + wide > m.Columns then
                edge (m, k, c, tile)
                struct (tile, wide)
            elif m.Turned then
                turnTile (at from (c * m.Inner + k), m.Inner, tile)
                struct (tile, wide)
            else
                struct (at from (k * m.Columns + c), m.Columns)

        let words = NativePtr.add words (g * every)

        if k + 2 * Bits.perWord <= m.Inner && c + wide <= m.Columns then
            callAhead m (k + Bits.perWord) c

        if Vector512.IsHardwareAccelerated then
            tabulateWider (rows', stride, table)
            lookUpWider (words, rows, table, sums)
        else
            tabulate (rows', stride, table)
            lookUp (words, rows, table, sums)

// out[r, c] = start[c] + Σ over k of bits[r, k]·m[k, c]. Pieces are shared out among threads; each number is one thread's.
let private multiply (words: nativeint) (rows: int) (m: Numbers) (start: nativeint) (out: nativeint) =
    let across = (m.Columns + wide - 1) / wide
    let before = Bits.perWord * wide + tables * tableLength
    let length = before + wide * min rows tall

    Team.share (across * ((rows + tall - 1) / tall)) (fun piece ->
        let scratch: P = NativePtr.ofVoidPtr (NativeMemory.AlignedAlloc(unativeint (4 * length), 64un))
        let sums = at scratch before
        let c, r = wide * (piece % across), tall * (piece / across)
        let some, columns = min tall (rows - r), min wide (m.Columns - c)
        let result i : P = at (NativePtr.ofNativeInt out) ((r + i) * m.Columns + c)

        for i in 0 .. some - 1 do
            copy columns (at (NativePtr.ofNativeInt start) c) (at sums (wide * i))

        block (NativePtr.add (NativePtr.ofNativeInt words) r, rows, some, m, c, scratch, sums)

        for i in 0 .. some - 1 do
            copy columns (at sums (wide * i)) (result i)

        NativeMemory.AlignedFree(NativePtr.toVoidPtr scratch))

// Numbers without a graph that lie in order on the CPU.
let private serves (a: torch.Tensor) =
    Native.dtype a = torch.ScalarType.Float32
    && Native.isOnCpu a
    && Native.isContiguous a
    && not (Native.requiresGrad a)

// Whether the tables cost less than they save.
let private isWorthIt (rows: int64) (inner: int64) (columns: int64) =
    Avx2.IsSupported
    && isNull Tally.Current
    && rows >= 64L
    && inner >= 64L
    && columns >= 64L
    && rows * inner * columns >= 4_000_000L
    && max (rows * inner) (max (inner * columns) (rows * columns)) < (1L <<< 30)

// Where the numbers are. The caller keeps the tensor alive.
let private address (a: torch.Tensor) : nativeint =
    let struct (first, _) = Native.range a
    first

// Whether so many words could be packed; with them it runs then.
let private withWords (count: int) (pack: nativeint -> bool) (run: nativeint -> unit) : bool =
    let rented = ArrayPool<uint32>.Shared.Rent count

    try
        use pinned = fixed rented
        let words = NativePtr.toNativeInt pinned
        let packed = pack words

        if packed then
            run words

        packed
    finally
        ArrayPool<uint32>.Shared.Return rented

/// start + bits·m, or start + bits·mᵀ where m is turned, if the bits are zeros and ones throughout and it is worth it.
/// start [columns], bits [rows; inner], m [inner; columns], or [columns; inner] where it is turned.
let tryAffine (start: torch.Tensor) (bits: torch.Tensor) (m: torch.Tensor) (turned: bool) : torch.Tensor voption =
    let rows, inner, columns = Native.size bits 0, Native.size bits 1, Native.size start 0

    if not (isWorthIt rows inner columns && serves start && serves bits && serves m) then
        ValueNone
    else
        let out = Ops.empty [| rows; columns |] torch.ScalarType.Float32
        let rows, inner = int rows, int inner

        let isDone =
            withWords
                (Bits.wordsOf inner * rows)
                (fun words ->
                    Bits.packRows (NativePtr.ofNativeInt (address bits), rows, inner, NativePtr.ofNativeInt words))
                (fun words ->
                    let numbers = { At = address m; Inner = inner; Columns = int columns; Turned = turned }
                    multiply words rows numbers (address start) (address out))

        GC.KeepAlive start
        GC.KeepAlive bits
        GC.KeepAlive m

        if isDone then
            ValueSome out
        else
            out.Dispose()
            ValueNone

/// Whether all numbers are 0 or 1, if this is quick to say.
let areBits (a: torch.Tensor) : bool =
    Avx2.IsSupported
    && isNull Tally.Current
    && serves a
    && Native.count a <= int64 Int32.MaxValue
    && (let found = Bits.are (NativePtr.ofNativeInt (address a), int (Native.count a))
        GC.KeepAlive a
        found)

/// Loops of our own beside libtorch: what they compute must not depend on who computes it.
module NativeLoopTests

open System
open System.Threading
open System.Threading.Tasks
open Expecto
open FsCheck
open TorchSharp
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private key = Key.ofSeed 77
let private wide (x: Tensor) = Tensor.cast Dtype.Float64 x

// start + bits·m in float64.
let private product (start: Tensor) (bits: Tensor) (m: Tensor) = wide start + Tensor.matmul (wide bits) (wide m)

let private affine (start: Tensor) (bits: Tensor) (m: Tensor) turned =
    match BitProducts.tryAffine start.Raw bits.Raw m.Raw turned with
    | ValueSome raw -> Some(Tensor.Of raw)
    | ValueNone -> None

let private expectProduct rows inner columns key =
    let bits = Random.bernoulli 0.4 [ rows; inner ] (Key.child 0 key)
    let m = Random.normal [ inner; columns ] (Key.child 1 key)
    let start = Random.normal [ columns ] (Key.child 2 key)
    let expected = Tensor.toDoubles (product start bits m)

    let plain, turned =
        affine start bits m false, affine start bits (Tensor.Of(Ops.contiguous (Tensor.transpose 0 1 m).Raw)) true

    match plain, turned with
    | Some plain, Some turned ->
        // Each number is a sum of up to `inner` normal numbers, rounded a few times less often than added.
        expectClose
            (1e-6 * sqrt (float inner))
            $"[{rows}; {inner}]·[{inner}; {columns}]"
            expected
            (Tensor.toDoubles plain)

        expectSame "the same sums in the same order" plain turned
    | _ -> failtest $"[{rows}; {inner}]·[{inner}; {columns}] is done by tables"

let private bitProducts =
    testList
        "products of zeros and ones"
        [
            if Runtime.Intrinsics.X86.Avx2.IsSupported then
                testPropertyWithConfig
                    { FsCheckConfig.defaultConfig with maxTest = 20 }
                    "equal the products in float64, whatever hangs over the edges of tiles"
                <| fun (PositiveInt a) (PositiveInt b) (PositiveInt c) seed ->
                    expectProduct (160 + a % 70) (170 + b % 70) (160 + c % 70) (Key.ofSeed seed)

                test "of more rows than are summed at once" { expectProduct 2100 64 65 key }

                test "what is not 0 or 1 in a single place is left to libtorch" {
                    let m, start = Random.normal [ 200; 160 ] key, Tensor.zeros [ 160 ]

                    for value in [ 0.5; 2.0; -1.0; nan; infinity ] do
                        for place in [ 0; 199; 200 * 77 + 195; 200 * 150 - 1 ] do
                            let numbers = Tensor.toDoubles (Random.bernoulli 0.5 [ 150; 200 ] key)
                            numbers[place] <- value
                            let bits = Tensor.cast Dtype.Float32 (Tensor.ofDoubles [ 150; 200 ] numbers)
                            Expect.isNone (affine start bits m false) $"{value} at {place}"
                            Expect.isFalse (BitProducts.areBits bits.Raw) $"{value} at {place}"
                }

                test "small products, float64 and what is to be differentiated are left to libtorch" {
                    let bits, m, start =
                        Random.bernoulli 0.5 [ 150; 200 ] key, Random.normal [ 200; 160 ] key, Tensor.zeros [ 160 ]

                    Expect.isSome (affine start bits m false) "served"
                    Expect.isNone (affine (wide start) (wide bits) (wide m) false) "float64"
                    Expect.isNone (affine start (Tensor.slice 0 0 63 bits) m false) "few rows"

                    Differentiation.grad
                        (fun m ->
                            Expect.isNone (affine start bits m false) "differentiated"
                            Tensor.sum m)
                        m
                    |> ignore
                }

                test "the same bits on one thread and on all" {
                    let bits, m, start =
                        Random.bernoulli 0.5 [ 150; 200 ] key, Random.normal [ 200; 160 ] key, Tensor.zeros [ 160 ]

                    let threads = torch.get_num_threads ()

                    let alone =
                        try
                            torch.set_num_threads 1
                            affine start bits m false
                        finally
                            torch.set_num_threads threads

                    match alone, affine start bits m false with
                    | Some a, Some b -> expectSame "one thread and all" a b
                    | _ -> failtest "served"
                }
        ]

let private team =
    testList
        "team"
        [
            test "each piece is done once" {
                for count in [ 0; 1; 2; 3; 7; 64; 1001 ] do
                    let times = Array.zeroCreate<int> count
                    Team.share count (fun i -> Interlocked.Increment(&times[i]) |> ignore)
                    Expect.all times ((=) 1) $"{count} pieces"
            }

            test "what a piece throws comes out, and the next work is done" {
                for count in [ 1; 2; 50 ] do
                    expectError<InvalidOperationException> [ "piece" ] (fun () ->
                        Team.share count (fun i ->
                            if i = count / 2 then
                                invalidOp $"piece {i}"))

                let mutable sum = 0
                Team.share 10 (fun i -> Interlocked.Add(&sum, i) |> ignore)
                Expect.equal sum 45 "all of them"
            }

            test "work within work, and from many threads at once, beside a collecting thread" {
                let done' = Array.zeroCreate<int> 8
                use stop = new CancellationTokenSource()

                let collector =
                    Task.Run(fun () ->
                        while not stop.IsCancellationRequested do
                            GC.KeepAlive(Array.zeroCreate<byte> 100_000)
                            GC.Collect 0)

                Parallel.For(
                    0,
                    8,
                    fun worker ->
                        for _ in 1..50 do
                            Team.share 4 (fun _ ->
                                Team.share 4 (fun _ ->
                                    GC.KeepAlive(Array.zeroCreate<byte> 1000)
                                    Interlocked.Increment(&done'[worker]) |> ignore))
                )
                |> ignore

                stop.Cancel()
                collector.Wait()
                Expect.all done' ((=) (50 * 16)) "each piece of each work"
            }
        ]

// Long enough for several threads, and not a whole number of lanes.
let private long = 100_003

let private drawings =
    testList
        "long drawings"
        [
            test "uniform: each number depends on the key and on its place" {
                let drawn = Tensor.toDoubles (Random.uniform [ long ] key)

                for i in [ 0; 1; 7; 8; 16383; 16384; 16385; 32768; 65535; long - 4; long - 3; long - 2; long - 1 ] do
                    let bits = Key.bits (i / 2) key
                    let expected = if i % 2 = 0 then bits >>> 40 else (bits &&& 0xffffffffUL) >>> 8
                    Expect.equal drawn[i] (float expected / float (1 <<< 24)) $"number {i}"
            }

            test "bernoulliEach is uniform < chance, and a chance out of place is refused wherever it is" {
                let chances = Random.uniform [ long ] (Key.child 1 key)
                let expected = Tensor.lt (Random.uniform [ long ] key) chances |> Tensor.cast Dtype.Float32
                expectSame "each number" expected (Random.bernoulliEach chances key)

                for place in [ 0; 20000; long - 1 ] do
                    let wrong = Tensor.toDoubles chances
                    wrong[place] <- 1.5

                    expectError<ArgumentException> [ "1.5" ] (fun () ->
                        let wrong = Tensor.cast Dtype.Float32 (Tensor.ofDoubles [ long ] wrong)
                        Random.bernoulliEach wrong key |> ignore)
            }

            test "mask is 0 where uniform < rate" {
                let uniform = Random.uniform [ long ] key
                let expected = Tensor.cast Dtype.Float32 (Tensor.geNumber 0.3 uniform) * 1.25
                expectSame "each number" expected (Random.mask 0.3 1.25 [ long ] key)
            }
        ]

let private rest =
    testList
        "sums and windows"
        [
            testProperty "Σ softplus(u) from σ(u)"
            <| fun (PositiveInt n) seed ->
                let u = 6.0 * Random.normal [ 1 + n * 701 % 40_000 ] (Key.ofSeed seed)
                let expected = Tensor.toFloat (Tensor.sum (Tensor.softplus (wide u)))
                let found = Softplus.sum u.Raw (Tensor.sigmoid u).Raw
                expectClose 1e-5 "sum" [| expected / float u.Count |] [| found / float u.Count |]

            test "a NaN stays one" {
                let u = Tensor.put [ Slice.at 17 ] (Tensor.scalar nan) (Random.normal [ 1000 ] key)
                Expect.isTrue (Double.IsNaN(Softplus.sum u.Raw (Tensor.sigmoid u).Raw)) "NaN"
            }

            testProperty "means of columns, added row by row"
            <| fun (PositiveInt rows) (PositiveInt columns) seed ->
                let x = Random.normal [ rows; columns ] (Key.ofSeed seed)
                let expected = Tensor.toDoubles (Tensor.meanOver 0 (wide x))
                expectClose 1e-5 "means" expected (Tensor.toDoubles (Tensor.Of(Columns.mean x.Raw)))

            test "the largest of windows, of more images than one thread takes" {
                let x = Random.normal [ 40; 3; 31; 46 ] key
                let pooled = Layer.apply (maxpool2d 2) Eval Tree.empty Tree.empty x
                let struct (values, places) = Ops.maxpool 2 ([| 2L; 2L |], [| 2L; 2L |], [| 0L; 0L |]) false x.Raw
                places.Dispose()
                let struct (found, _) = pooled
                expectSame "as libtorch's" (Tensor.Of values) found
            }
        ]

let tests = testList "native loops" [ bitProducts; team; drawings; rest ]

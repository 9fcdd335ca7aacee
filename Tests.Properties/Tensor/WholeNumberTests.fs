/// Functions of whole numbers at the bounds of their dtypes, against integers without bounds: exact, and beyond 64, 32 or 8 bits
/// wrapped around as the processor does.
module WholeNumberTests

open System
open System.Numerics
open Expecto
open Functional
open Functional.FSharp
open Support

let private operands: Tensor list =
    [
        Tensor.ofBytes [ 5 ] [| 0uy; 1uy; 127uy; 128uy; 255uy |]
        Tensor.ofInt32s [ 7 ] [| Int32.MinValue; -16777217; -1; 0; 3; 16777217; Int32.MaxValue |]
        Tensor.ofLongs
            [ 9 ]
            [|
                Int64.MinValue
                -9007199254740993L
                -1L
                0L
                3L
                16777217L
                9007199254740993L
                Int64.MaxValue - 1L
                Int64.MaxValue
            |]
    ]

let private integers (x: Tensor) = Tensor.toLongs x |> Array.map BigInteger

// What is left of a number in so many bits.
let private wrapped (dtype: Dtype) (number: BigInteger) : BigInteger =
    let bits, signed =
        match dtype with
        | Dtype.UInt8 -> 8, false
        | Dtype.Int32 -> 32, true
        | Dtype.Int64 -> 64, true
        | _ -> failwith $"{dtype} holds no whole numbers"

    let period = BigInteger.Pow(BigInteger 2, bits)
    let rest = ((number % period) + period) % period
    if signed && rest >= period / BigInteger 2 then rest - period else rest

let private floored (a: BigInteger) (b: BigInteger) =
    let quotient = BigInteger.Divide(a, b)

    if quotient * b <> a && (a.Sign < 0) <> (b.Sign < 0) then
        quotient - BigInteger.One
    else
        quotient

let private each (f: BigInteger -> BigInteger) = Array.map f
let private whole (f: BigInteger[] -> BigInteger) (xs: BigInteger[]) = [| f xs |]
let private three = BigInteger 3

let private functions: (string * (Tensor -> Tensor) * (BigInteger[] -> BigInteger[])) list =
    let beside number (x: Tensor) = Tensor.fullOf x.Dtype [] number
    let most = Array.reduce (fun (a: BigInteger) b -> BigInteger.Max(a, b))
    let fewest = Array.reduce (fun (a: BigInteger) b -> BigInteger.Min(a, b))

    [
        "-x", (~-), each BigInteger.Negate
        "x + 3", (fun x -> x + 3), each (fun x -> x + three)
        "x - 3", (fun x -> x - 3), each (fun x -> x - three)
        "3 - x", (fun x -> 3 - x), each (fun x -> three - x)
        "x * 3", (fun x -> x * 3), each (fun x -> x * three)
        "x % 3", (fun x -> x % 3), each (fun x -> x - three * floored x three)
        "x + x", (fun x -> x + x), each (fun x -> x + x)
        "x * x", (fun x -> x * x), each (fun x -> x * x)
        "x ** 3", (fun x -> x ** 3), each (fun x -> x * x * x)
        "remainder",
        (fun x -> Tensor.remainder x (beside 7.0 x)),
        each (fun x -> x - BigInteger 7 * floored x (BigInteger 7))
        "floorDivide", (fun x -> Tensor.floorDivide x (beside 7.0 x)), each (fun x -> floored x (BigInteger 7))
        "abs", Tensor.abs, each BigInteger.Abs
        "sign", Tensor.sign, each (fun x -> BigInteger x.Sign)
        "square", Tensor.square, each (fun x -> x * x)
        "floor", Tensor.floor, id
        "ceil", Tensor.ceil, id
        "round", Tensor.round, id
        "trunc", Tensor.trunc, id
        "nanToNum", Tensor.nanToNum, id
        "relu", Tensor.relu, each (fun x -> BigInteger.Max(x, BigInteger.Zero))
        "clamp",
        Tensor.clamp 1.0 100.0,
        each (fun x -> BigInteger.Max(BigInteger.One, BigInteger.Min(x, BigInteger 100)))
        "clampMin", Tensor.clampMin 3.0, each (fun x -> BigInteger.Max(x, three))
        "clampMax", Tensor.clampMax 3.0, each (fun x -> BigInteger.Min(x, three))
        "maximum",
        (fun x -> Tensor.maximum x (Tensor.flip [ 0 ] x)),
        (fun xs -> Array.map2 (fun a b -> BigInteger.Max(a, b)) xs (Array.rev xs))
        "minimum",
        (fun x -> Tensor.minimum x (Tensor.flip [ 0 ] x)),
        (fun xs -> Array.map2 (fun a b -> BigInteger.Min(a, b)) xs (Array.rev xs))
        "max", Tensor.max, whole most
        "min", Tensor.min, whole fewest
        "maxOver", Tensor.maxOver 0, whole most
        "minWithIndex", (Tensor.minWithIndex 0 >> fst), whole fewest
        "sum", Tensor.sum, whole (Array.reduce (+))
        "sumOver", Tensor.sumOver 0, whole (Array.reduce (+))
        "prod", Tensor.prod, whole (Array.reduce (*))
        "cumsum", Tensor.cumsum 0, (Array.scan (+) BigInteger.Zero >> Array.tail)
        "cumprod", Tensor.cumprod 0, (Array.scan (*) BigInteger.One >> Array.tail)
        "sort", (Tensor.flip [ 0 ] >> Tensor.sort 0 false >> fst), Array.sort
        "topk", (Tensor.topk 2 0 >> fst), (Array.sortDescending >> Array.take 2)
        "unique", (fun x -> Tensor.unique (Tensor.cat 0 [ x; x ])), Array.sort
        "argmax", Tensor.argmax, whole (fun xs -> BigInteger(Array.findIndex ((=) (Array.max xs)) xs))
        "searchsorted", (fun x -> Tensor.searchsorted false x x), (fun xs -> Array.init xs.Length BigInteger)
        "where",
        (fun x -> Tensor.where (Tensor.gtNumber 2.5 x) x (Tensor.zerosLike x)),
        each (fun x -> if x > BigInteger 2 then x else BigInteger.Zero)
        "maskedFill",
        (fun x -> Tensor.maskedFill (Tensor.eqNumber 3.0 x) 5.0 x),
        each (fun x -> if x = three then BigInteger 5 else x)
        "outer", (fun x -> Tensor.outer x x), (fun xs -> Array.allPairs xs xs |> Array.map (fun (a, b) -> a * b))
        "matmul", (fun x -> Tensor.matmul x x), whole (Array.sumBy (fun x -> x * x))
        "cast", Tensor.cast Dtype.Int64, id
        "countNonzero", Tensor.countNonzero, whole (Array.filter (fun x -> not x.IsZero) >> Array.length >> BigInteger)
    ]

let tests =
    testList
        "whole numbers at their bounds"
        [
            for x in operands do
                for name, f, g in functions do
                    test $"{name} of {x.Dtype}" {
                        let found = f x
                        let expected = g (integers x) |> Array.map (wrapped found.Dtype)
                        Expect.equal (integers found) expected $"{found}"
                    }

            test "casts of what a dtype does not hold are refused" {
                for source, dtype in
                    [
                        Tensor.ofInts [ 256 ], Dtype.UInt8
                        Tensor.ofInts [ -1 ], Dtype.UInt8
                        Tensor.ofLongs [ 1 ] [| 1L <<< 31 |], Dtype.Int32
                        Tensor.ofSeq [ nan ], Dtype.Int64
                        Tensor.ofSeq [ infinity ], Dtype.Int32
                        Tensor.ofDoubles [ 1 ] [| 9223372036854775808.0 |], Dtype.Int64
                        Tensor.cast Dtype.BFloat16 (Tensor.ofSeq [ 1e10 ]), Dtype.Int32
                    ] do
                    expectError<ArgumentException> [ "cast"; "from " ] (fun () -> Tensor.cast dtype source |> ignore)

                    expectError<ArgumentException> [ "cast" ] (fun () ->
                        CSharp.TensorExtensions.Cast(source, dtype) |> ignore)

                Expect.equal
                    (Tensor.toLongs (Tensor.cast Dtype.UInt8 (Tensor.ofSeq [ 255.9; -0.9 ])))
                    [| 255L; 0L |]
                    "cut"

                Expect.equal (Tensor.toLongs (Tensor.cast Dtype.Int32 (Tensor.ofInts [ -5 ]))) [| -5L |] "held"
            }

            test "ranges of what a dtype does not hold are refused" {
                expectError<ArgumentException> [ "arange"; "uint8" ] (fun () ->
                    Tensor.arangeOf Dtype.UInt8 0.0 300.0 1.0 |> ignore)

                Expect.equal (Tensor.arangeOf Dtype.UInt8 0.0 256.0 1.0).Count 256L "held"
            }
        ]

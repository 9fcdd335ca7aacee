module ElementwiseRows

open System
open Functional
open Functional.FSharp
open Row

let private some = normals 1 [ 3; 4 ]
let private positive = positives 1 [ 3; 4 ]

// A function whose derivative is zero.
let private steps name f (g: float -> float) =
    [
        elementwise name f g some |> orders Flat
        elementwise name f g (Tensor.ofDoubles [ 7 ] [| -2.5; -1.5; -0.5; 0.5; 1.5; 2.5; 3.0 |])
        |> case "halves"
        |> orders Flat
    ]

// The larger of an element and a bound, where NaN stays.
let private atLeast low x = if Double.IsNaN x then x else max low x
let private atMost high x = if Double.IsNaN x then x else min high x

let private finite x =
    if Double.IsNaN x then 0.0
    elif Double.IsInfinity x then float (sign x) * Double.MaxValue
    else x

// libtorch's maximum and minimum of NaN and a number are NaN, as F#'s are.
// Quotients of these stay away from whole numbers, where the remainder jumps.
let private away i (shape: int list) = Tensor.round (2.0 * normals i shape) + (if i % 2 = 0 then 2.2 else 0.65)

let rows =
    [
        yield elementwise "exp" Tensor.exp exp some
        yield elementwise "exp2" Tensor.exp2 (fun x -> 2.0 ** x) some
        yield elementwise "expm1" Tensor.expm1 (fun x -> exp x - 1.0) some
        yield elementwise "log" Tensor.log log positive
        yield elementwise "log2" Tensor.log2 Math.Log2 positive
        yield elementwise "log10" Tensor.log10 log10 positive
        yield elementwise "log1p" Tensor.log1p (fun x -> log (1.0 + x)) positive
        yield elementwise "sqrt" Tensor.sqrt sqrt positive
        yield elementwise "rsqrt" Tensor.rsqrt (fun x -> 1.0 / sqrt x) positive
        yield elementwise "reciprocal" Tensor.reciprocal (fun x -> 1.0 / x) positive
        yield elementwise "abs" Tensor.abs abs some
        yield! steps "sign" Tensor.sign (fun x -> if Double.IsNaN x then 0.0 else float (sign x))
        yield elementwise "square" Tensor.square (fun x -> x * x) some
        yield! steps "floor" Tensor.floor floor
        yield! steps "ceil" Tensor.ceil ceil
        yield! steps "round" Tensor.round (fun x -> Math.Round(x, MidpointRounding.ToEven))
        yield! steps "trunc" Tensor.trunc truncate
        yield elementwise "frac" Tensor.frac (fun x -> x - truncate x) some
        yield elementwise "clamp" (Tensor.clamp -0.5 0.7) (atLeast -0.5 >> atMost 0.7) some
        yield elementwise "clampMin" (Tensor.clampMin -0.5) (atLeast -0.5) some
        yield elementwise "clampMax" (Tensor.clampMax 0.7) (atMost 0.7) some
        yield elementwise "nanToNum" Tensor.nanToNum finite some
        yield elementwise "pow" (Tensor.pow 3.0) (fun x -> x * x * x) some |> case "3"
        yield elementwise "pow" (Tensor.pow 1.5) (fun x -> x ** 1.5) positive |> case "3/2"
        yield elementwise "powOf" (Tensor.powOf 2.5) (fun x -> 2.5 ** x) some
        yield! pairwise "power" Tensor.power ( ** ) positives
        yield! pairwise "maximum" Tensor.maximum max normals
        yield! pairwise "minimum" Tensor.minimum min normals

        for row in pairwise "remainder" Tensor.remainder (fun x y -> x - y * floor (x / y)) away do
            yield { row with Specials = false }

        for row in pairwise "floorDivide" Tensor.floorDivide (fun x y -> floor (x / y)) normals do
            yield { row with Specials = false; Orders = Flat }

        for weight in [ 0.3; 0.8; 1.7 ] do
            for row in pairwise "lerp" (Tensor.lerp weight) (fun x y -> (1.0 - weight) * x + weight * y) normals do
                // Infinite ends: ∞ - ∞ on the way.
                yield { row with Specials = false; Case = $"{row.Case}, weight {weight}" }
    ]

/// Arguments that are wrong for all or most operands.
let wrong: (string * (Tensor -> Tensor)) list =
    [
        for p in [ nan; infinity; -1e308 ] do
            "pow", Tensor.pow p
            "powOf", Tensor.powOf p
            "+", (fun a -> a + p)
            "remainder", (fun a -> a % p)
            "clamp", Tensor.clamp p 0.0
            "clamp", Tensor.clamp 0.0 p
            "clampMin", Tensor.clampMin p
            "clampMax", Tensor.clampMax p
            "lerp", (fun a -> Tensor.lerp p a a)
        for n in [ 0; -1; 300; Int32.MinValue ] do
            "add", (fun a -> a + n)
            "", (fun a -> n - a)
            "mul", (fun a -> a * n)
            "div", (fun a -> a / n)
            "", (fun a -> n / a)
            "remainder", (fun a -> a % n)
            "", (fun a -> n % a)
            "pow", (fun a -> a ** n)
            "", (fun a -> Tensor.Pow(n, a))
        "floorDivide", (fun a -> Tensor.floorDivide a (Tensor.zerosOf a.Dtype []))
        "remainder", (fun a -> Tensor.remainder a (Tensor.zerosOf a.Dtype []))
    ]

/// What is claimed of the public functions of tensors. One row drives all their tests: values against an independent
/// witness, dtypes, memory layout, derivatives, special values, refusals, the abort hunt and the stress test.
module Row

open System
open Functional
open Functional.FSharp

/// How often a function may be differentiated at the operands of its row.
type Orders =
    /// To any order.
    | Any
    /// So many times; once more is refused by a managed error.
    | UpTo of int
    /// Its derivative is zero, or its results are whole numbers or truth values.
    | Flat

/// The word by which messages name a function: `sumOver` is the sum, over an axis.
let word (name: string) =
    Text.RegularExpressions.Regex.Replace(name, "(OverAxes|KeepingAxes|Over|Keeping|Number|Of|(?<=pool[123]d)i)$", "")

type Row =
    {
        /// The name of the function in the module Tensor.
        Function: string
        /// Which of its cases this is; empty for the only one.
        Case: string
        /// Operands that suit it, float64 wherever the function takes floating point.
        Operands: Tensor[]
        Run: Tensor[] -> Tensor
        /// The elements of the result by other means: managed code, a closed form, an identity.
        Witness: Tensor[] -> float[]
        /// The largest error against the witness, relative to the larger of 1 and the number.
        Tolerance: float
        Orders: Orders
        /// Whether NaN and infinities among the operands give what the witness gives for them.
        Specials: bool
        /// Whether the row calls other functions too, which may be the ones that refuse.
        Composed: bool
        /// Operands that must be refused, and words that the message holds beside the function's name.
        Refused: (Tensor[] * string list) list
    }

    member row.Word = word row.Function

    member row.Name = if row.Case = "" then row.Function else $"{row.Function}, {row.Case}"

// ---- operands

let private key = Key.ofSeed 51
let normals (i: int) (shape: int list) = Random.normal shape (Key.child i key) |> Tensor.cast Dtype.Float64

/// Numbers between 0.1 and 1.1.
let positives (i: int) (shape: int list) = (Random.uniform shape (Key.child i key) |> Tensor.cast Dtype.Float64) + 0.1

let longs (shape: int list) (values: int list) = Tensor.ofLongs shape (values |> List.map int64 |> Array.ofList)
let truths (i: int) (shape: int list) = Tensor.gt (normals i shape) (Tensor.zerosOf Dtype.Float64 [])

// ---- rows

/// A function of these operands; what else is claimed of it is set by `with`-expressions and the functions below.
let row name (operands: Tensor list) (run: Tensor[] -> Tensor) (witness: Tensor[] -> float[]) =
    {
        Function = name
        Case = ""
        Operands = Array.ofList operands
        Run = run
        Witness = witness
        Tolerance = 1e-12
        Orders = Any
        Specials = false
        Composed = false
        Refused = []
    }

let case text row = { row with Case = text }
let within tolerance row = { row with Tolerance = tolerance }
let orders orders row = { row with Orders = orders }
let composed row = { row with Composed = true }
let special row = { row with Specials = true }
let refusing operands words row = { row with Refused = (Array.ofList operands, words) :: row.Refused }

/// A function of each element beside the same function of a number.
let elementwise name (f: Tensor -> Tensor) (g: float -> float) (operand: Tensor) =
    row name [ operand ] (fun a -> f a[0]) (fun a -> Array.map g (Tensor.toDoubles a[0])) |> special

/// The elements of two operands side by side, the shapes broadcast by managed code.
let broadcast (a: Tensor) (b: Tensor) : (float * float)[] =
    let rank = max a.Rank b.Rank
    let widen (shape: int[]) = Array.append (Array.create (rank - shape.Length) 1) shape
    let left, right = widen a.Shape, widen b.Shape
    let shape = Array.map2 (fun n m -> if n = 1 then m else n) left right
    let x, y = Tensor.toDoubles a, Tensor.toDoubles b

    // The position of a place of the result in an operand, whose axes of length 1 are stretched.
    let offset (own: int[]) (place: int[]) =
        Array.fold2 (fun offset n i -> offset * n + (if n = 1 then 0 else i)) 0 own place

    [|
        for flat in 0 .. Array.fold (*) 1 shape - 1 do
            let mutable rest = flat
            let place = Array.zeroCreate rank

            for axis in rank - 1 .. -1 .. 0 do
                place[axis] <- rest % shape[axis]
                rest <- rest / shape[axis]

            x[offset left place], y[offset right place]
    |]

/// A function of each pair of elements: equal shapes, broadcast ones, and those that do not fit.
let pairwise name (f: Tensor -> Tensor -> Tensor) (g: float -> float -> float) (make: int -> int list -> Tensor) =
    let witness (a: Tensor[]) = broadcast a[0] a[1] |> Array.map (fun (x, y) -> g x y)
    let given text a b = row name [ a; b ] (fun a -> f a[0] a[1]) witness |> case text |> special

    [
        given "equal shapes" (make 1 [ 3; 4 ]) (make 2 [ 3; 4 ])
        |> refusing [ normals 1 [ 2; 3 ]; normals 2 [ 4 ] ] [ "[2; 3]"; "[4]" ]
        given "a row and a column" (make 3 [ 3; 1 ]) (make 4 [ 4 ])
        given "a single number" (make 5 []) (make 6 [ 2; 1; 3 ])
    ]

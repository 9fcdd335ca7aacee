module ReductionRows

open System
open Functional
open Functional.FSharp
open Row

/// The lines of a tensor along one axis, in the order of the remaining places.
let lines (axis: int) (x: Tensor) : float[][] =
    let shape, values = x.Shape, Tensor.toDoubles x
    let axis = if axis < 0 then axis + shape.Length else axis
    let inner = Array.fold (*) 1 shape[axis + 1 ..]
    let outer = Array.fold (*) 1 shape[.. axis - 1]

    [|
        for i in 0 .. outer - 1 do
            for j in 0 .. inner - 1 do
                [| for k in 0 .. shape[axis] - 1 -> values[(i * shape[axis] + k) * inner + j] |]
    |]

/// Columns of results, as `lines` took them along one axis, in the order of the elements again.
let rejoin (axis: int) (shape: int[]) (results: float[][]) : float[] =
    let axis = if axis < 0 then axis + shape.Length else axis
    let inner = Array.fold (*) 1 shape[axis + 1 ..]
    let length = if results.Length = 0 then 0 else results[0].Length

    [|
        for i in 0 .. results.Length / inner - 1 do
            for k in 0 .. length - 1 do
                for j in 0 .. inner - 1 -> results[i * inner + j][k]
    |]

/// A reduction of all elements.
let wholeOf operand name (f: Tensor -> Tensor) (g: float[] -> float) =
    row name [ operand ] (fun a -> f a[0]) (fun a -> [| g (Tensor.toDoubles a[0]) |]) |> special

let whole name = wholeOf (normals 1 [ 3; 4 ]) name

/// A reduction over one axis, first, middle and last.
let overOf operand name (f: int -> Tensor -> Tensor) (g: float[] -> float) =
    [
        for axis in [ 0; 1; -1 ] do
            row name [ operand ] (fun a -> f axis a[0]) (fun a -> lines axis a[0] |> Array.map g)
            |> case $"axis {axis}"
            |> special
            |> fun row -> if axis = 1 then refusing [ normals 1 [ 3 ] ] [ "[3]" ] row else row
    ]

let over name = overOf (normals 1 [ 2; 3; 4 ]) name

/// All elements, over one axis, and keeping it.
let three name (f: Tensor -> Tensor) over' keeping (g: float[] -> float) =
    [ yield whole name f g; yield! over $"{name}Over" over' g; yield! over $"{name}Keeping" keeping g ]

/// A function along one axis that keeps the shape.
let alongAxis name (f: int -> Tensor -> Tensor) (g: float[] -> float[]) =
    [
        for axis in [ 0; 1; -1 ] do
            row name [ normals 1 [ 2; 3; 4 ] ] (fun a -> f axis a[0]) (fun a ->
                lines axis a[0] |> Array.map g |> rejoin axis a[0].Shape)
            |> case $"axis {axis}"
    ]

// Several axes: 0 and -1 of [2; 3; 4], and of what is left the middle one.
let private several name (f: int list -> Tensor -> Tensor) (g: float[] -> float) =
    row name [ normals 1 [ 2; 3; 4 ] ] (fun a -> f [ 0; -1 ] a[0]) (fun a ->
        let values = Tensor.toDoubles a[0]

        [|
            for j in 0..2 ->
                g
                    [|
                        for i in 0..1 do
                            for k in 0..3 -> values[12 * i + 4 * j + k]
                    |]
        |])
    |> special
    |> refusing [ normals 1 [] ] [ "[]" ]

let private exponentials (x: float[]) =
    let largest = Array.max x
    let e = x |> Array.map (fun x -> exp (x - largest))
    e |> Array.map (fun e' -> e' / Array.sum e)

let private product (x: float[]) = Array.fold (*) 1.0 x

let private logsumexp (x: float[]) =
    let largest = if Array.exists Double.IsNaN x then nan else Array.max x

    if Double.IsInfinity largest then
        largest
    else
        largest + log (Array.sumBy (fun x -> exp (x - largest)) x)

// A third of the elements is 0.
let private sparse shape = Tensor.relu (normals 3 shape)

let private counted name (f: Tensor -> Tensor) over' keeping (g: float[] -> float) =
    [
        wholeOf (sparse [ 3; 4 ]) name f g |> orders Flat
        for row in overOf (sparse [ 2; 3; 4 ]) $"{name}Over" over' g do
            orders Flat row
        for row in overOf (sparse [ 2; 3; 4 ]) $"{name}Keeping" keeping g do
            orders Flat row
    ]

// One zero, and two: where the derivative of a product is no quotient.
let private withZeros =
    [
        "a zero", Tensor.ofDoubles [ 4 ] [| 0.7; 0.0; -1.3; 0.4 |]
        "two zeros", Tensor.ofDoubles [ 4 ] [| 0.7; 0.0; 0.0; 0.4 |]
    ]

let rows =
    [
        yield! three "sum" Tensor.sum Tensor.sumOver Tensor.sumKeeping Array.sum
        yield several "sumOverAxes" Tensor.sumOverAxes Array.sum
        yield several "sumKeepingAxes" Tensor.sumKeepingAxes Array.sum
        yield! three "mean" Tensor.mean Tensor.meanOver Tensor.meanKeeping Array.average
        yield several "meanOverAxes" Tensor.meanOverAxes Array.average
        yield several "meanKeepingAxes" Tensor.meanKeepingAxes Array.average
        yield! three "prod" Tensor.prod Tensor.prodOver Tensor.prodKeeping product
        yield! three "logsumexp" Tensor.logsumexp Tensor.logsumexpOver Tensor.logsumexpKeeping logsumexp
        let truth holds = if holds then 1.0 else 0.0
        yield! counted "any" Tensor.any Tensor.anyOver Tensor.anyKeeping (Array.exists ((<>) 0.0) >> truth)
        yield! counted "all" Tensor.all Tensor.allOver Tensor.allKeeping (Array.forall ((<>) 0.0) >> truth)

        yield!
            counted "countNonzero" Tensor.countNonzero Tensor.countNonzeroOver Tensor.countNonzeroKeeping (fun x ->
                Array.sumBy ((<>) 0.0 >> truth) x)

        yield! alongAxis "softmax" Tensor.softmax exponentials
        yield! alongAxis "logsoftmax" Tensor.logsoftmax (exponentials >> Array.map log)

        for row in alongAxis "cumsum" Tensor.cumsum (Array.scan (+) 0.0 >> Array.tail) do
            yield special row

        for row in alongAxis "cumprod" Tensor.cumprod (Array.scan (*) 1.0 >> Array.tail) do
            yield special row

        for text, operand in withZeros do
            yield wholeOf operand "prod" Tensor.prod product |> case text
            yield wholeOf operand "prodOver" (Tensor.prodOver 0) product |> case text

            yield
                row "cumprod" [ operand ] (fun a -> Tensor.cumprod 0 a[0]) (fun a ->
                    Tensor.toDoubles a[0] |> Array.scan (*) 1.0 |> Array.tail)
                |> case text
    ]

let wrong: (string * (Tensor -> Tensor)) list =
    [
        for axis in [ -9; 7; Int32.MaxValue; Int32.MinValue ] do
            "sumOver", Tensor.sumOver axis
            "sumOverAxes", Tensor.sumOverAxes [ 0; axis ]
            "meanOver", Tensor.meanOver axis
            "meanOverAxes", Tensor.meanOverAxes [ axis; 0 ]
            "prodOver", Tensor.prodOver axis
            "logsumexpOver", Tensor.logsumexpOver axis
            "anyOver", Tensor.anyOver axis
            "allOver", Tensor.allOver axis
            "countNonzeroOver", Tensor.countNonzeroOver axis
            "softmax", Tensor.softmax axis
            "logsoftmax", Tensor.logsoftmax axis
            "cumsum", Tensor.cumsum axis
            "cumprod", Tensor.cumprod axis
        "sumOverAxes", Tensor.sumOverAxes []
        "sumOverAxes", Tensor.sumOverAxes [ 0; 0 ]
        "meanKeepingAxes", Tensor.meanKeepingAxes []
        "meanKeepingAxes", Tensor.meanKeepingAxes [ 0; 0 ]
    ]

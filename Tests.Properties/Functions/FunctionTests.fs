/// The laws of all rows.
module FunctionTests

open System
open Expecto
open Functional
open Functional.FSharp
open Row
open Support

let private isFloating (x: Tensor) = x.Dtype = Dtype.Float64

// Equal numbers, NaN at the same places, infinities of the same sign.
let private expectLike tolerance what (expected: float[]) (found: float[]) =
    Expect.equal found.Length expected.Length $"{what}: the same number of numbers"

    Array.iteri2
        (fun i x y ->
            let same = x = y || Double.IsNaN x && Double.IsNaN y
            let near = abs (x - y) <= tolerance * max 1.0 (abs x)
            Expect.isTrue (same || near) $"{what}: at {i} expected {x}, was {y}")
        expected
        found

// The same numbers with other strides: every second element of a tensor twice as long.
let private scattered (x: Tensor) =
    Tensor.stack x.Rank [ x; Tensor.zerosLike x ]
    |> fun pairs -> Tensor.Of(Ops.select (int64 x.Rank) 0L pairs.Raw)

// Each floating operand with NaN, the infinities and zero at its first places.
let private withSpecials (x: Tensor) =
    let values = Tensor.toDoubles x

    for i, value in Seq.indexed [ nan; infinity; -infinity; 0.0; -0.0 ] do
        if i < values.Length then
            values[i] <- value

    Tensor.ofDoubles (List.ofArray x.Shape) values

let private mapFloating f (operands: Tensor[]) = operands |> Array.map (fun x -> if isFloating x then f x else x)

// A row as a function of one operand with a single number as its value: Σ w·f(x), with fixed weights w.
let private scalar (row: Row) at (x: Tensor) =
    let y = row.Run(Array.updateAt at x row.Operands)
    Tensor.sum (doubles (List.ofArray y.Shape) 77 * Tensor.cast Dtype.Float64 y)

// The k-th derivative along fixed directions, a single number.
let rec private along k (f: Tensor -> Tensor) (x: Tensor) =
    if k = 0 then
        f x
    else
        Tensor.sum (doubles (List.ofArray x.Shape) (100 + k) * Differentiation.grad (along (k - 1) f) x)

let private derivatives (row: Row) at highest =
    let x, f = row.Operands[at], scalar row at

    expectClose
        1e-6
        $"operand {at}, order 1"
        (numericalGradient (f >> Tensor.toFloat) x)
        (Tensor.toDoubles (Differentiation.grad f x))

    for k in 2..highest do
        let step = 1e-5
        let direction = doubles (List.ofArray x.Shape) (100 + k)
        let value by = along (k - 1) f (x + by * direction) |> Tensor.toFloat

        expectClose
            1e-5
            $"operand {at}, order {k}"
            [| (value step - value -step) / (2.0 * step) |]
            [| Tensor.toFloat (along k f x) |]

let private laws (row: Row) =
    [
        test "values against the witness" {
            expectLike row.Tolerance row.Name (row.Witness row.Operands) (Tensor.toDoubles (row.Run row.Operands))
        }

        test "float32 stays float32, with the same numbers" {
            let wide = row.Run row.Operands
            let narrow = row.Run(mapFloating (Tensor.cast Dtype.Float32) row.Operands)

            let expected =
                if isFloating wide && Array.exists isFloating row.Operands then
                    Dtype.Float32
                else
                    wide.Dtype

            Expect.equal narrow.Dtype expected "the dtype"
            expectClose (max 1e-4 row.Tolerance) row.Name (Tensor.toDoubles wide) (Tensor.toDoubles narrow)
        }

        test "the layout in memory does not matter" {
            let expected = row.Run row.Operands
            let found = row.Run(Array.map scattered row.Operands)
            Expect.equal found.Shape expected.Shape "the shape"
            expectClose 1e-12 row.Name (Tensor.toDoubles expected) (Tensor.toDoubles found)
        }

        if row.Specials then
            test "NaN and infinities against the witness" {
                let operands = mapFloating withSpecials row.Operands
                expectLike row.Tolerance row.Name (row.Witness operands) (Tensor.toDoubles (row.Run operands))
            }

        for at in 0 .. row.Operands.Length - 1 do
            if isFloating row.Operands[at] then
                match row.Orders with
                | Any -> test $"derivatives by operand {at} to order 3" { derivatives row at 3 }
                | UpTo n ->
                    test $"derivatives by operand {at} to order {n}, and no further" {
                        derivatives row at n

                        expectError<InvalidOperationException> [ row.Function ] (fun () ->
                            along (n + 1) (scalar row at) row.Operands[at] |> ignore)
                    }
                | Flat ->
                    test $"the derivative by operand {at} is zero" {
                        let gradient = Differentiation.grad (scalar row at) row.Operands[at]
                        Expect.all (Tensor.toDoubles gradient) ((=) 0.0) "zero"
                    }

        for number, (operands, words) in List.indexed row.Refused do
            test $"""refused ({number}): {String.Join(" and ", operands)}""" {
                expectError<ArgumentException> (row.Word :: words) (fun () -> row.Run operands |> ignore)
            }
    ]

let tests =
    testList
        "functions"
        [
            for row in FunctionRows.rows do
                testList row.Name (laws row)

            test "each function that gives tensors has a row" {
                let known = FunctionRows.rows |> List.map _.Function |> set
                let missing = FunctionRows.functions |> List.filter (known.Contains >> not)
                Expect.isEmpty missing "add a row"
            }
        ]

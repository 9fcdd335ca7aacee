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

// A row as a function of one operand.
let private along (row: Row) at (x: Tensor) = Tensor.cast Dtype.Float64 (row.Run(Array.updateAt at x row.Operands))

let private derivatives (row: Row) at highest =
    for comparison in GradCheck.compare highest (Key.ofSeed 77) (along row at) row.Operands[at] do
        expectBelow 1e-6 $"operand {at}: {comparison}" comparison.Error

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

                        expectError<InvalidOperationException> [ row.Function ] (fun () -> derivatives row at (n + 1))
                    }
                | Flat ->
                    test $"the derivative by operand {at} is zero" {
                        let gradient = Differentiation.grad (along row at >> Tensor.sum) row.Operands[at]
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

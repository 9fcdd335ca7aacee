/// Equality by numbers, hashes that go with it, and the order of single numbers.
module EqualityTests

open System
open System.Collections.Generic
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

let private f64 (x: float) = Tensor.tensorOf Dtype.Float64 x
let private vector (dtype: Dtype) (values: float list) = Tensor.tensorOf dtype values

let private floating = [ Dtype.Float16; Dtype.BFloat16; Dtype.Float32; Dtype.Float64 ]

let tests =
    testList
        "equality"
        [
            testProperty "equal are shape, dtype and numbers, and then the hashes are too"
            <| fun (values: float list) (other: float list) ->
                let x, y, z = vector Dtype.Float64 values, vector Dtype.Float64 values, vector Dtype.Float64 other
                let same = values.Length = other.Length && List.forall2 (fun (a: float) b -> a.Equals b) values other
                Expect.isTrue (x = y && x.GetHashCode() = y.GetHashCode()) "made of the same numbers"
                Expect.equal (x = z) same "other numbers"
                Expect.isTrue (not same || hash x = hash z) "hash"

            test "NaN is equal to NaN, and 0 to -0, in all floating dtypes" {
                for dtype in floating do
                    let x, y = vector dtype [ nan; 0.0; 1.5 ], vector dtype [ nan; -0.0; 1.5 ]
                    Expect.isTrue (x = y) $"{dtype}"
                    Expect.equal (hash y) (hash x) "hash"
                    Expect.isFalse (x = vector dtype [ 1.0; 0.0; 1.5 ]) "another number"
            }

            test "shape and dtype count, the layout in memory and what is differentiated do not" {
                let x = Tensor.tensor [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ] ]
                Expect.isFalse (x = Tensor.reshape [ 4 ] x) "shape"
                Expect.isFalse (x = Tensor.cast Dtype.Float64 x) "dtype"
                Expect.isFalse (Tensor.ofInts [ 1 ] = Tensor.ofInt32s [ 1 ] [| 1 |]) "dtype of whole numbers"
                let turned = Tensor.transpose 0 1 (Tensor.tensor [ [ 1.0; 3.0 ]; [ 2.0; 4.0 ] ])
                Expect.isTrue (x = turned && hash x = hash turned) "layout"
                let seen = ResizeArray()

                Differentiation.grad
                    (fun y ->
                        seen.Add((y = x))
                        Tensor.sum y)
                    x
                |> ignore

                Expect.equal (List.ofSeq seen) [ true ] "inside a derivative"
                Expect.isTrue (vector Dtype.Float32 [] = vector Dtype.Float32 []) "of no elements"
            }

            test "null, other objects, and C#'s operators" {
                let x, y = f64 1.0, f64 1.0
                Expect.isFalse (x.Equals(null: Tensor | null)) "null"
                Expect.isFalse (x.Equals(box 1.0)) "a number"
                Expect.isTrue (Tensor.op_Equality (x, y) && not (Tensor.op_Inequality (x, y))) "=="
                Expect.isTrue (Tensor.op_Inequality (x, f64 2.0)) "!="
                Expect.isTrue (Tensor.op_Equality (null, null)) "null == null"
                Expect.isFalse (Tensor.op_Equality (x, null) || Tensor.op_Equality (null, x)) "null == x"
                Expect.isTrue (Tensor.op_Inequality (null, x)) "null != x"
            }

            test "dictionaries, sets, records and trees go by the numbers" {
                let x, y = Tensor.tensor [ 1.0; 2.0 ], Tensor.tensor [ 1.0; 2.0 ]
                Expect.equal (HashSet [ x; y; Tensor.tensor [ 2.0; 1.0 ] ]).Count 2 "a set"
                Expect.equal (List.distinct [ x; y ]).Length 1 "distinct"
                Expect.equal (dict [ x, "a" ]).[y] "a" "a dictionary"
                let param value = { Role = Role.Weight; Value = value }
                Expect.isTrue (param x = param y) "records"
                Expect.isTrue (Node [ "a", Leaf x ] = Node [ "a", Leaf y ]) "trees"
                Expect.isFalse (Node [ "a", Leaf x ] = Node [ "a", Leaf(-y) ]) "other trees"
                let layer = dense 3 2
                let struct (ps, _) = Layer.init (Key.ofSeed 1) layer
                let struct (again, _) = Layer.init (Key.ofSeed 1) layer
                let struct (other, _) = Layer.init (Key.ofSeed 2) layer
                Expect.isTrue (ps = again && ps <> other) "parameters"
                let rule = Rule.ofLoss Loss.squaredError layer
                let start seed = Training.start rule (Optimizer.sgd (Schedule.constant 0.1)) (Key.ofSeed seed)
                Expect.isTrue (start 1 = start 1 && hash (start 1) = hash (start 1)) "snapshots"
                Expect.isTrue (start 1 <> start 2) "other snapshots"
            }

            test "single numbers are ordered as real numbers, whatever their dtypes, NaN first" {
                let values =
                    [
                        f64 nan
                        f64 -infinity
                        Tensor.tensorOf Dtype.Float16 -2.5
                        Tensor.tensorOf Dtype.Int8 -2
                        f64 0.1
                        Tensor.tensorOf Dtype.Float32 0.1
                        Tensor.ofBools [ 1 ] [| true |]
                        Tensor.tensorOf Dtype.UInt8 255
                        f64 9007199254740992.0
                        Tensor.ofLongs [ 1 ] [| 9007199254740993L |]
                        Tensor.ofLongs [] [| Int64.MaxValue |]
                        f64 9223372036854775808.0
                        f64 infinity
                    ]

                for i, x in List.indexed values do
                    for j, y in List.indexed values do
                        Expect.equal (sign (compare x y)) (sign (compare i j)) $"{i} beside {j}"
                        Expect.equal (x < y, x > y) (i < j, i > j) $"{i} and {j}"

                Expect.equal (compare (f64 0.5) (Tensor.tensorOf Dtype.BFloat16 0.5)) 0 "equal numbers"
                Expect.equal (List.sort (List.rev values) |> List.map hash) (values |> List.map hash) "sorted"
                Expect.equal ((f64 1.0).CompareTo(null: Tensor | null)) 1 "null comes first"
            }

            test "an order of more than one number, or of other objects, is refused" {
                let x = Tensor.tensor [ 1.0; 2.0 ]

                expectError<ArgumentException> [ "[2]"; "single numbers"; "Tensor.maximum" ] (fun () ->
                    max x x |> ignore)

                expectError<ArgumentException> [ "[2]"; "[]" ] (fun () -> x < Tensor.scalar 1.0 |> ignore)

                expectError<ArgumentException> [ "String" ] (fun () ->
                    (Tensor.scalar 1.0 :> IComparable).CompareTo "1" |> ignore)
            }

            test "a freed tensor has no numbers to compare" {
                let mutable gone = Tensor.scalar 1.0

                Scope.value (fun () ->
                    gone <- Tensor.scalar 1.0 * 2.0
                    0)
                |> ignore

                Expect.isTrue (gone.Equals gone) "with itself it is equal"
                expectError<ObjectDisposedException> [ "Tensor.keep" ] (fun () -> gone = Tensor.scalar 2.0 |> ignore)
            }
        ]

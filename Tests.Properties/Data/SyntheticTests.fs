/// Data sets that are drawn: where the points lie without noise, how they scatter with it, and which classes they have.
module SyntheticTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

let private key = Key.ofSeed 61

let private points (data: Dataset) =
    Expect.equal data.Inputs.Dtype Dtype.Float32 "float32"
    Expect.equal data.Targets.Dtype Dtype.Int64 "labels"
    Array.zip (Tensor.toDoubles data.Inputs |> Array.chunkBySize 2) (Tensor.toInts data.Targets)

let private near tolerance what expected found =
    Expect.isTrue (abs (expected - found) < tolerance) $"{what}: {found}, not {expected}"

// Each set with its number of classes.
let private sets: (string * int * (float -> int -> Key -> Dataset)) list =
    [
        "spirals", 2, Synthetic.spirals 2.0
        "moons", 2, Synthetic.moons
        "rings", 3, Synthetic.rings [ 1.0; 2.0; 0.0 ]
        "gaussians", 8, Synthetic.gaussians (Synthetic.circle 8 2.0)
    ]

let tests =
    testList
        "synthetic"
        [
            for name, classes, draw in sets do
                testProperty $"{name}: shapes, classes equally frequent, and the first samples of more are the same"
                <| fun (PositiveInt count) (seed: int) ->
                    let count = 1 + count % 200
                    let data = draw 0.1 count (Key.ofSeed seed)
                    Expect.equal (List.ofArray data.Inputs.Shape) [ count; 2 ] "shape"

                    Expect.equal
                        (Tensor.toInts data.Targets |> List.ofArray)
                        [ for i in 0 .. count - 1 -> i % classes ]
                        "classes"

                    let more = draw 0.1 (count + 7) (Key.ofSeed seed)
                    expectSame "prefix" data.Inputs (Tensor.slice 0 0 count more.Inputs)

                test $"{name}: the noise has the deviation asked for, and another key gives other points" {
                    let count = 4000
                    let still, moved = draw 0.0 count key, draw 0.3 count key
                    let noise = Tensor.toDoubles (moved.Inputs - still.Inputs)
                    let mean = Array.average noise
                    let variance = noise |> Array.averageBy (fun x -> x * x)
                    let n = float noise.Length
                    // Five standard errors.
                    near (5.0 * 0.3 / sqrt n) "mean" 0.0 mean
                    near (5.0 * 0.09 * sqrt (2.0 / n)) "variance" 0.09 variance
                    Expect.isFalse (Tensor.equal moved.Inputs (draw 0.3 count (Key.child 1 key)).Inputs) "another key"
                }

            test "spirals: the angle grows with the radius, and the classes are mirror images" {
                for point, label in points (Synthetic.spirals 1.5 0.0 2000 key) do
                    let side = if label = 0 then 1.0 else -1.0
                    let x, y = side * point[0], side * point[1]
                    let r = sqrt (x * x + y * y)
                    expectBelow 1.0001 "inside the unit circle" r
                    near 1e-5 "x" (r * cos (2.0 * Math.PI * 1.5 * r)) x
                    near 1e-5 "y" (r * sin (2.0 * Math.PI * 1.5 * r)) y

                // r² is uniform: its mean is 1/2 and its variance 1/12.
                let squares =
                    points (Synthetic.spirals 1.5 0.0 2000 key)
                    |> Array.averageBy (fun (point, _) -> point[0] * point[0] + point[1] * point[1])

                near (5.0 * sqrt (1.0 / 12.0 / 2000.0)) "mean of r²" 0.5 squares
            }

            test "moons: half circles about (0, 0) and (1, ½), the one above, the other below" {
                for point, label in points (Synthetic.moons 0.0 2000 key) do
                    let x, y = if label = 0 then point[0], point[1] else point[0] - 1.0, point[1] - 0.5
                    near 1e-6 "radius" 1.0 (sqrt (x * x + y * y))
                    Expect.isTrue (if label = 0 then y >= 0.0 else y <= 1e-7) "side"
            }

            test "rings: each class on its radius, all angles alike" {
                let found = points (Synthetic.rings [ 0.5; 3.0 ] 0.0 4000 key)

                for point, label in found do
                    let radius = [ 0.5; 3.0 ][label]
                    near (1e-6 * 3.0) "radius" radius (sqrt (point[0] * point[0] + point[1] * point[1]))

                // Of a uniform angle the cosine has mean 0 and variance 1/2.
                let outer = found |> Array.filter (fun (_, label) -> label = 1)

                for axis in 0..1 do
                    let mean = outer |> Array.averageBy (fun (point, _) -> point[axis] / 3.0)
                    near (5.0 * sqrt (0.5 / float outer.Length)) "mean" 0.0 mean
            }

            test "gaussians: each class about its centre, in any number of dimensions" {
                let centres = Tensor.ofArray [ 3; 4 ] [| for i in 0..11 -> float32 (5 * i) |]
                let data = Synthetic.gaussians centres 0.0 7 key
                expectSame "centres" (Tensor.indexSelect 0 (Tensor.ofInts [ 0; 1; 2; 0; 1; 2; 0 ]) centres) data.Inputs
            }

            test "circle: eight modes at equal angles" {
                let modes = Synthetic.circle 8 2.0 |> Tensor.toDoubles
                let h = sqrt 2.0
                let expected = [| 2.0; 0.0; h; h; 0.0; 2.0; -h; h; -2.0; 0.0; -h; -h; 0.0; -2.0; h; -h |]
                expectClose 1e-6 "modes" expected modes
            }

            test "bars and stripes: all that are, each once, and no other" {
                for n in 1..5 do
                    let images = Synthetic.barsAndStripes n
                    let count = (1 <<< (n + 1)) - 2
                    Expect.equal (List.ofArray images.Shape) [ count; n * n ] "shape"
                    let found = Tensor.toInts images |> Array.chunkBySize (n * n) |> Set.ofArray
                    Expect.equal found.Count count "distinct"
                    // By enumeration of all images of up to 4×4 pixels.
                    if n <= 4 then
                        let isStripes (image: int[]) =
                            let row r = image[r * n .. r * n + n - 1]
                            let column c = [| for r in 0 .. n - 1 -> image[r * n + c] |]

                            let same (line: int -> int[]) =
                                Seq.forall (fun i -> Array.distinct(line i).Length = 1) [ 0 .. n - 1 ]

                            same row || same column

                        let all =
                            seq { 0 .. (1 <<< (n * n)) - 1 }
                            |> Seq.map (fun bits -> Array.init (n * n) (fun i -> (bits >>> i) &&& 1))
                            |> Seq.filter isStripes
                            |> Set.ofSeq

                        Expect.equal found all $"{n}×{n}"
            }

            test "what is wrong is said" {
                let refused words f = expectError<ArgumentException> words (fun () -> f () |> ignore)

                for _, _, draw in sets do
                    refused [ "not 0" ] (fun () -> draw 0.1 0 key)
                    refused [ "-0.1" ] (fun () -> draw -0.1 5 key)
                    refused [ "NaN" ] (fun () -> draw nan 5 key)

                refused [ "turns" ] (fun () -> Synthetic.spirals -1.0 0.0 5 key)
                refused [ "radius" ] (fun () -> Synthetic.rings [] 0.0 5 key)
                refused [ "-2" ] (fun () -> Synthetic.rings [ 1.0; -2.0 ] 0.0 5 key)
                refused [ "[k; d]"; "[3]" ] (fun () -> Synthetic.gaussians (Tensor.ones [ 3 ]) 0.0 5 key)
                expectError<ArgumentException> [ "0" ] (fun () -> Synthetic.circle 0 1.0 |> ignore)
                expectError<ArgumentException> [ "1 to 12"; "13" ] (fun () -> Synthetic.barsAndStripes 13 |> ignore)
            }
        ]

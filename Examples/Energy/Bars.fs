/// Bars and stripes: pictures whose rows all are alike, or whose columns are (MacKay 2003, Information Theory, Inference, and
/// Learning Algorithms, chapter 43).
module Functional.Examples.Bars

open Functional
open Functional.FSharp

/// The 2·2ⁿ - 2 different pictures of n×n: [pictures; n·n].
let patterns (n: int) : Tensor =
    let picture byRow bits =
        [
            for row in 0 .. n - 1 do
                for column in 0 .. n - 1 -> (bits >>> (if byRow then row else column)) &&& 1
        ]

    let all = List.distinct [ for byRow in [ true; false ] -> List.map (picture byRow) [ 0 .. (1 <<< n) - 1 ] ]
    let pictures = List.distinct (List.concat all)
    Tensor.ofArray [ pictures.Length; n * n ] (pictures |> List.concat |> List.map float32 |> Array.ofList)

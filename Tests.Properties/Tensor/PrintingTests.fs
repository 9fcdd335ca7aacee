/// Tensors as text.
module PrintingTests

open System
open System.Diagnostics
open System.Reflection
open System.Xml.Linq
open Expecto
open Functional
open Functional.FSharp
open Support

let private expect what (lines: string list) (x: Tensor) =
    Expect.equal (Tensor.format x) (String.Join('\n', lines)) what

let private narrow = { TensorFormat.standard with Threshold = 10; Edge = 2; Width = 24 }

// The cells of each table, and its caption.
let private tables (html: string) =
    [
        for table in XElement.Parse(html).DescendantsAndSelf "table" do
            (nonNull (table.Element "caption")).Value,
            [ for row in table.Descendants "tr" -> [ for cell in row.Elements "td" -> cell.Value ] ]
    ]

let tests =
    testList
        "printing"
        [
            test "columns are aligned, with as many digits as tell the numbers apart" {
                expect
                    "a matrix"
                    [ "Tensor float32 [2; 2]"; "[[ 1.00, -2.50],"; " [10.25,  0.00]]" ]
                    (Tensor.tensor [ [ 1.0; -2.5 ]; [ 10.25; 0.0 ] ])

                expect
                    "four digits at most"
                    [ "Tensor float64 [2]"; "[0.3333, 2.0000]" ]
                    (Tensor.ofDoubles [ 2 ] [| 1.0 / 3.0; 2.0 |])

                expect "whole numbers" [ "Tensor int64 [3]"; "[ 1, 20, -3]" ] (Tensor.tensor [ 1; 20; -3 ])

                expect
                    "beyond float64"
                    [ "Tensor int64 [1]"; "[9223372036854775807]" ]
                    (Tensor.tensor [ Int64.MaxValue ])

                expect "truth values" [ "Tensor bool [2]"; "[ true, false]" ] (Tensor.tensor [ true; false ])
                expect "one number" [ "Tensor float32 []"; "3.1416" ] (Tensor.scalar Math.PI)
                expect "no numbers" [ "Tensor float32 [2; 0]"; "[[],"; " []]" ] (Tensor.zeros [ 2; 0 ])
                expect "bfloat16" [ "Tensor bfloat16 [1]"; "[1.5]" ] (Tensor.tensorOf Dtype.BFloat16 [ 1.5 ])
                expect "small and large" [ "Tensor float32 [2]"; "[1.0e-07, 2.5e+00]" ] (Tensor.tensor [ 1e-7; 2.5 ])
                expect "large" [ "Tensor float64 [1]"; "[1.2346e+12]" ] (Tensor.ofDoubles [ 1 ] [| 1.23456e12 |])

                expect
                    "no numbers at all"
                    [ "Tensor float32 [3]"; "[ nan,  inf, -inf]" ]
                    (Tensor.tensor [ nan; infinity; -infinity ])
            }

            test "more axes: nested brackets, a line between matrices" {
                expect
                    "three axes"
                    [ "Tensor int64 [2; 2; 1]"; "[[[0],"; "  [1]],"; ""; " [[2],"; "  [3]]]" ]
                    (Tensor.reshape [ 2; 2; 1 ] (Tensor.arange 4))
            }

            test "long axes are shown in part, long rows on several lines" {
                let text format x = (Tensor.formatWith format x).Split '\n' |> List.ofArray
                Expect.equal (text narrow (Tensor.arange 11)) [ "Tensor int64 [11]"; "[ 0,  1, …,  9, 10]" ] "elided"

                Expect.equal
                    (text narrow (Tensor.arange 10))
                    [ "Tensor int64 [10]"; "[0, 1, 2, 3, 4, 5, 6, 7,"; " 8, 9]" ]
                    "wrapped"

                Expect.equal
                    (text narrow (Tensor.reshape [ 5; 3 ] (Tensor.arange 15)))
                    [
                        "Tensor int64 [5; 3]"
                        "[[ 0,  1,  2],"
                        " [ 3,  4,  5],"
                        " …,"
                        " [ 9, 10, 11],"
                        " [12, 13, 14]]"
                    ]
                    "rows"

                Expect.equal
                    (text { narrow with Digits = 0 } (Tensor.scalar 2.6))
                    [ "Tensor float32 []"; "3" ]
                    "no digits"

                for line in text { narrow with Threshold = 1000 } (Random.normal [ 3; 40 ] (Key.ofSeed 1)) do
                    Expect.isLessThanOrEqual line.Length 24 "the width"
            }

            test "of a large tensor only what is shown is read" {
                // 16 GB, were it not one number stretched.
                let large = Tensor.expand [ 60_000; 70_000 ] (Tensor.scalar 1.0)
                Expect.stringContains (Tensor.format large) "[1.0, 1.0, 1.0, …, 1.0, 1.0, 1.0]" "a row"
                Expect.isLessThan (Tensor.toHtml large).Length 10_000 "HTML"
            }

            test "a tensor that is freed or under a derivative has a text too" {
                let mutable stray = Tensor.scalar 0.0
                Scope.value (fun () -> stray <- Tensor.ones [ 2 ])
                Expect.equal (Tensor.format stray) "Tensor (freed)" "freed"
                Expect.stringContains (Tensor.toHtml stray) "freed" "freed"
                let mutable text = ""

                let f (x: Tensor) =
                    text <- Tensor.format x
                    Tensor.sum x

                Differentiation.grad f (Tensor.ones [ 2 ]) |> ignore
                Expect.stringContains text "[1.0, 1.0]" "under a derivative"
            }

            test "the text does not depend on the culture" {
                let before = Globalization.CultureInfo.CurrentCulture

                try
                    Globalization.CultureInfo.CurrentCulture <- Globalization.CultureInfo "de-DE"
                    expect "a point" [ "Tensor float32 [1]"; "[0.5]" ] (Tensor.tensor [ 0.5 ])
                finally
                    Globalization.CultureInfo.CurrentCulture <- before
            }

            test "HTML is well-formed, with a caption and a cell for each element" {
                let html (x: Tensor) = tables (Tensor.toHtml x)

                Expect.equal
                    (html (Tensor.tensor [ [ 1; 2 ]; [ 3; 4 ] ]))
                    [ "Tensor int64 [2; 2]", [ [ "1"; "2" ]; [ "3"; "4" ] ] ]
                    "a matrix"

                Expect.equal
                    (html (Tensor.tensor [ 1.5; nan ]))
                    [ "Tensor float32 [2]", [ [ "1.5"; "nan" ] ] ]
                    "a vector"

                Expect.equal (html (Tensor.scalar 2.0)) [ "Tensor float32 []", [ [ "2.0" ] ] ] "a number"
                Expect.equal (html (Tensor.zeros [ 0; 2 ])) [ "Tensor float32 [0; 2]", [] ] "no rows"

                Expect.equal
                    (html (Tensor.reshape [ 2; 1; 2 ] (Tensor.arange 4)))
                    [
                        "Tensor int64 [2; 1; 2] at [0]", [ [ "0"; "1" ] ]
                        "Tensor int64 [2; 1; 2] at [1]", [ [ "2"; "3" ] ]
                    ]
                    "three axes"

                let large = tables (Tensor.toHtmlWith narrow (Tensor.reshape [ 5; 3; 6 ] (Tensor.arange 90)))

                Expect.equal
                    (large |> List.map (fst >> fun caption -> caption.Substring 26))
                    [ "[0]"; "[1]"; "[3]"; "[4]" ]
                    "places"

                Expect.equal (snd large[2] |> List.head) [ "54"; "55"; "…"; "58"; "59" ] "a row of the fourth matrix"
                Expect.isEmpty (html (Tensor.zeros [ 0; 2; 2 ])) "no matrices"
            }

            test "wrong options are refused" {
                for options in
                    [
                        { narrow with Digits = -1 }
                        { narrow with Digits = 99 }
                        { narrow with Edge = 0 }
                        { narrow with Threshold = -1 }
                        { narrow with Width = 0 }
                    ] do
                    expectError<ArgumentException> [ "format"; "digits" ] (fun () ->
                        Tensor.formatWith options (Tensor.ones [ 2 ]) |> ignore)

                    expectError<ArgumentException> [ "toHtml"; "digits" ] (fun () ->
                        Tensor.toHtmlWith options (Tensor.ones [ 2 ]) |> ignore)
            }

            test "C#'s twins" {
                let x = Tensor.reshape [ 5; 3 ] (Tensor.arange 15) * 0.37
                Expect.equal (CSharp.TensorExtensions.Format x) (Tensor.format x) "format"

                Expect.equal
                    (CSharp.TensorExtensions.Format(x, 2, 10, 2, 24))
                    (Tensor.formatWith { narrow with Digits = 2 } x)
                    "options"

                Expect.equal (CSharp.TensorExtensions.ToHtml x) (Tensor.toHtml x) "HTML"

                Expect.equal
                    (CSharp.TensorExtensions.ToHtml(x, 2, 10, 2))
                    (Tensor.toHtmlWith { narrow with Digits = 2 } x)
                    "options"
            }

            test "a debugger finds the view that the attribute names" {
                let proxy = nonNull (typeof<Tensor>.GetCustomAttribute<DebuggerTypeProxyAttribute>())
                let view = Type.GetType(proxy.ProxyTypeName, true) |> nonNull
                let shown = nonNull (Activator.CreateInstance(view, Tensor.tensor [ [ 1.0 ]; [ 2.0 ] ])) :?> TensorView
                Expect.stringContains shown.Text "[[1.0]," "text"
                Expect.equal (shown.Items |> Array.map Tensor.toFloat) [| 1.0; 2.0 |] "positions of the first axis"
                Expect.equal (TensorView(Tensor.scalar 1.0)).Items [||] "none"
            }
        ]

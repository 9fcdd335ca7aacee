/// All rows, and the names that must have one.
module FunctionRows

open System
open System.Reflection
open Functional

let rows: Row.Row list =
    List.concat
        [
            MakingRows.rows
            ElementwiseRows.rows
            ComparisonRows.rows
            TrigonometryRows.rows
            SpecialRows.rows
            ActivationRows.rows
            ReductionRows.rows
            ExtremeRows.rows
            SortingRows.rows
            StatisticsRows.rows
            CovarianceRows.rows
            ResizingRows.rows
            ShapeRows.rows
            ProductRows.rows
            DecompositionRows.table
            WindowRows.rows
            FourierRows.rows
            RearrangingRows.rows
            PaddingRows.rows
            IndexingRows.rows
        ]

let wrong: (string * (Tensor -> Tensor)) list =
    List.concat
        [
            MakingRows.wrong
            ElementwiseRows.wrong
            ComparisonRows.wrong
            TrigonometryRows.wrong
            SpecialRows.wrong
            ActivationRows.wrong
            ReductionRows.wrong
            ExtremeRows.wrong
            SortingRows.wrong
            StatisticsRows.wrong
            CovarianceRows.wrong
            ResizingRows.wrong
            ShapeRows.wrong
            ProductRows.wrong
            DecompositionRows.wrong
            WindowRows.wrong
            FourierRows.wrong
            RearrangingRows.wrong
            PaddingRows.wrong
            IndexingRows.wrong
        ]

let private modules =
    [
        for t in typeof<Tensor>.Assembly.GetExportedTypes() do
            if t.Name = "Tensor" && t.IsNested then
                t
    ]

/// The public functions of F#'s modules Tensor that give tensors.
let functions =
    let rec givesTensor (t: Type) =
        t = typeof<Tensor>
        || t.IsArray && givesTensor (nonNull (t.GetElementType()))
        || t.IsGenericType && t.GetGenericArguments() |> Array.exists givesTensor

    [
        for t in modules do
            for f in t.GetMethods(BindingFlags.Static ||| BindingFlags.Public ||| BindingFlags.DeclaredOnly) do
                if givesTensor f.ReturnType then
                    f.Name
    ]
    |> List.distinct

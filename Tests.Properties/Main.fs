module Main

open Expecto

let private all =
    testList
        "Functional"
        [
            KeyTests.tests
            RandomTests.tests
            TensorTests.tests
            FunctionTests.tests
            TreeTests.tests
            GradientTests.tests
            DerivativeTests.tests
            NestingTests.tests
            StructureTests.tests
            CustomTests.all
            LayerTests.tests
            CompositionTests.tests
            LossTests.tests
            ScheduleTests.tests
            TransformTests.tests
            TrainingTests.tests
            BurstTests.tests
            DataTests.tests
            CheckpointTests.tests
            NativeTests.tests
            ScalarTests.tests
            FacadeSignatureTests.tests
            FacadeCoverageTests.tests
            FacadeTensorTests.tests
            FacadeLayerTests.tests
            FacadeTrainingTests.tests
            FacadeAsyncTests.tests
            FacadeDataTests.tests
            FacadeTwinTests.tests
            FacadeRefusalTests.tests
            DocumentationTests.tests
            GalleryTests.tests
        ]

// What the tests run in a process of its own.
let private child (arguments: string list) =
    match arguments with
    | [ "training" ] -> TrainingTests.child ()
    | [ "memory"; transform; steps; keep ] -> TrainingTests.memoryChild transform (int steps) (int keep)
    | [ "stress"; seconds ] -> NativeChildren.stress (float seconds)
    | [ "hunt" ] -> NativeChildren.hunt ()
    | [ "tensor" ] -> NativeChildren.tensor ()
    | _ -> failwith $"there is no child {arguments}"

[<EntryPoint>]
let main arguments =
    match List.ofArray arguments with
    | "child" :: rest ->
        child rest
        0
    | _ -> runTestsWithCLIArgs [ Sequenced ] arguments all

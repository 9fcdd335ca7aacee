module Main

open Expecto

let private all =
    testList
        "Functional"
        [ KeyTests.tests
          TensorTests.tests
          TreeTests.tests
          DifferentiationTests.tests
          LayerTests.tests
          LossTests.tests
          TransformTests.tests
          FacadeSignatureTests.tests
          FacadeCoverageTests.tests
          FacadeTensorTests.tests
          FacadeLayerTests.tests
          FacadeTrainingTests.tests
          FacadeDataTests.tests
          FacadeTwinTests.tests
          FacadeRefusalTests.tests
          DocumentationTests.tests
          GalleryTests.tests ]

[<EntryPoint>]
let main arguments =
    runTestsWithCLIArgs [ Sequenced; Summary ] arguments all

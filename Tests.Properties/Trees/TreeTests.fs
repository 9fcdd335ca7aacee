module TreeTests

open System
open Expecto
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Support

// Trees with up to three levels and distinct names.
let rec private tree depth : FsCheck.Gen<Tree<int>> =
    gen {
        let! leaf = Gen.choose (0, 9)

        if leaf < 4 || depth = 0 then
            let! value = Gen.choose (-100, 100)
            return Leaf value
        else
            let! count = Gen.choose (0, 3)
            let! branches = Gen.listOfLength count (tree (depth - 1))
            return Node(branches |> List.mapi (fun i branch -> $"n{i}", branch))
    }

let private law name (holds: Tree<int> -> bool) = testProperty name (Prop.forAll (Arb.fromGen (tree 3)) holds)

let tests =
    testList
        "trees"
        [
            law "map id changes nothing" (fun t -> Tree.map id t = t)
            law "map f >> map g is map (f >> g)" (fun t ->
                Tree.map ((+) 1 >> (*) 3) t = (Tree.map ((+) 1) t |> Tree.map ((*) 3)))
            law "refill with its own leaves changes nothing" (fun t -> Tree.refill (Tree.values t) t = t)
            law "map2 of a tree with itself" (fun t -> Tree.map2 (+) t t = Tree.map ((*) 2) t)
            law "map3" (fun t -> Tree.map3 (fun a b c -> a + b - c) t t t = t)
            law "leaves and values agree" (fun t -> (Tree.leaves t |> List.map snd |> Array.ofList) = Tree.values t)
            law "each leaf stands at its path" (fun t ->
                Tree.leaves t
                |> List.forall (fun (path, leaf) ->
                    Tree.leaf (if path = "" then [] else List.ofArray (path.Split '/')) t = leaf))
            law "ofLeaves gives the leaves back" (fun t -> Tree.leaves (Tree.ofLeaves (Tree.leaves t)) = Tree.leaves t)

            test "set, get, remove" {
                let t = Tree.empty |> Tree.set [ "a"; "b" ] (Leaf 1) |> Tree.set [ "a"; "c" ] (Leaf 2)
                Expect.equal (Tree.leaf [ "a"; "c" ] t) 2 "set, then get"
                Expect.equal (Tree.leaves (Tree.remove [ "a"; "b" ] t)) [ "a/c", 2 ] "removed"
                expectError<ArgumentException> [ "a/x"; "a/b, a/c" ] (fun () -> Tree.get [ "a"; "x" ] t |> ignore)
                expectError<ArgumentException> [ "node" ] (fun () -> Tree.leaf [ "a" ] t |> ignore)
            }

            test "trees that differ are refused with the path" {
                let left = Node [ "a", Node [ "b", Leaf 1 ] ]
                let right = Node [ "a", Node [ "c", Leaf 1 ] ]
                expectError<ArgumentException> [ "'a'"; "[b]"; "[c]" ] (fun () -> Tree.map2 (+) left right |> ignore)
                expectError<ArgumentException> [ "1 leaves"; "2" ] (fun () -> Tree.refill [| 1; 2 |] left |> ignore)
            }
        ]

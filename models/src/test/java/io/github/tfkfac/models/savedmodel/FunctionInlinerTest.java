package io.github.tfkfac.models.savedmodel;

import static io.github.tfkfac.models.savedmodel.GraphDefs.assign;
import static io.github.tfkfac.models.savedmodel.GraphDefs.call;
import static io.github.tfkfac.models.savedmodel.GraphDefs.constant;
import static io.github.tfkfac.models.savedmodel.GraphDefs.function;
import static io.github.tfkfac.models.savedmodel.GraphDefs.graph;
import static io.github.tfkfac.models.savedmodel.GraphDefs.handle;
import static io.github.tfkfac.models.savedmodel.GraphDefs.input;
import static io.github.tfkfac.models.savedmodel.GraphDefs.node;
import static io.github.tfkfac.models.savedmodel.GraphDefs.read;
import static io.github.tfkfac.models.savedmodel.GraphDefs.untyped;
import static io.github.tfkfac.models.savedmodel.GraphDefs.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tensorflow.proto.DataType.DT_FLOAT;
import static org.tensorflow.proto.DataType.DT_RESOURCE;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

class FunctionInlinerTest {

  private static final FunctionDef SQUARE_PLUS_ONE =
      function(
          "square_plus_one",
          List.of("x"),
          Map.of("y", "sum:z:0"),
          node("Mul", "square", "x", "x"),
          constant("one", 1),
          node("AddV2", "sum", "square:z:0", "one:output:0"));

  private static InlinedGraph inline(GraphDef graph) {
    InlinedGraph inlined = FunctionInliner.inline(graph);
    assertThat(inlined.graph().getNodeList())
        .extracting(NodeDef::getOp)
        .doesNotContain("PartitionedCall", "StatefulPartitionedCall", "IdentityN");
    return inlined;
  }

  private static TensorRef output(InlinedGraph inlined, String tensor) {
    return inlined.resolve(TensorRef.parse(tensor));
  }

  @Test
  void aCallBecomesItsBodyUnderItsName() {
    InlinedGraph inlined =
        inline(
            graph(
                List.of(
                    input("x"),
                    call("PartitionedCall", "f", "square_plus_one", List.of(DT_FLOAT), 1, "x"),
                    node("Neg", "out", "f")),
                SQUARE_PLUS_ONE));
    assertThat(value(inlined.graph(), Map.of("x", 3f), Map.of(), output(inlined, "out")))
        .isEqualTo(-10);
    assertThat(GraphSlice.nodes(inlined.graph())).containsKeys("f/square", "f/sum");
    assertThat(inlined.graph().getLibrary().getFunctionList()).isEmpty();
  }

  @Test
  void aFunctionMayBeCalledTwiceAndByAnother() {
    FunctionDef twice =
        function(
            "twice",
            List.of("a"),
            Map.of("b", "second:output:0"),
            call("PartitionedCall", "first", "square_plus_one", List.of(DT_FLOAT), 1, "a"),
            call(
                "PartitionedCall",
                "second",
                "square_plus_one",
                List.of(DT_FLOAT),
                1,
                "first:output:0"));
    InlinedGraph inlined =
        inline(
            graph(
                List.of(
                    input("x"),
                    call("StatefulPartitionedCall", "g", "twice", List.of(DT_FLOAT), 1, "x"),
                    call("PartitionedCall", "h", "square_plus_one", List.of(DT_FLOAT), 1, "g:0")),
                SQUARE_PLUS_ONE,
                twice));
    assertThat(value(inlined.graph(), Map.of("x", 1f), Map.of(), output(inlined, "g:0")))
        .isEqualTo(5);
    assertThat(value(inlined.graph(), Map.of("x", 1f), Map.of(), output(inlined, "h:0")))
        .isEqualTo(26);
  }

  @Test
  void resultsMayBeArgumentsAndLaterOutputsOfAnOperation() {
    FunctionDef f =
        function(
            "f",
            List.of("x", "y"),
            Map.of("r0", "y", "r1", "parts:output:1", "r2", "both:output:1"),
            node("Pack", "stacked", "x", "y").toBuilder()
                .putAttr("N", AttrValue.newBuilder().setI(2).build())
                .putAttr("axis", AttrValue.newBuilder().setI(0).build())
                .build(),
            node("Unpack", "parts", "stacked:output:0").toBuilder()
                .putAttr("num", AttrValue.newBuilder().setI(2).build())
                .build(),
            untyped("IdentityN", "both", "x", "parts:output:0").toBuilder()
                .putAttr("T", types(DT_FLOAT, DT_FLOAT))
                .build());
    InlinedGraph inlined =
        inline(
            graph(
                List.of(
                    input("a"),
                    input("b"),
                    call("PartitionedCall", "c", "f", List.of(DT_FLOAT, DT_FLOAT), 3, "a", "b")),
                f));
    Map<String, Float> fed = Map.of("a", 2f, "b", 7f);
    assertThat(output(inlined, "c:0")).isEqualTo(new TensorRef("b", 0));
    assertThat(value(inlined.graph(), fed, Map.of(), output(inlined, "c:1"))).isEqualTo(7);
    assertThat(value(inlined.graph(), fed, Map.of(), output(inlined, "c:2"))).isEqualTo(2);
  }

  private static AttrValue types(DataType... types) {
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllType(List.of(types)))
        .build();
  }

  @Test
  void namesThatCollideAreKeptApart() {
    InlinedGraph inlined =
        inline(
            graph(
                List.of(
                    input("x"),
                    constant("f/one", 100),
                    call("PartitionedCall", "f", "square_plus_one", List.of(DT_FLOAT), 1, "x"),
                    node("AddV2", "out", "f", "f/one")),
                SQUARE_PLUS_ONE));
    assertThat(inlined.graph().getNodeList()).extracting(NodeDef::getName).doesNotHaveDuplicates();
    assertThat(value(inlined.graph(), Map.of("x", 2f), Map.of(), output(inlined, "out")))
        .isEqualTo(105);
  }

  @Test
  void capturedVariablesAreReadAndWritesRunWhenTheCallIsWaitedFor() {
    FunctionDef count =
        function(
                "count",
                List.of("x", "v"),
                Map.of("y", "product:z:0"),
                read("before", "v"),
                node("Mul", "product", "x", "before:value:0"),
                constant("one", 1),
                assign("AssignAddVariableOp", "add", "v", "one:output:0", "^before"))
            .toBuilder()
            .putControlRet("add", "add")
            .build();
    InlinedGraph inlined =
        inline(
            graph(
                List.of(
                    input("x"),
                    handle("weight", "weight"),
                    call(
                        "StatefulPartitionedCall",
                        "f",
                        "count",
                        List.of(DT_FLOAT, DT_RESOURCE),
                        1,
                        "x",
                        "weight"),
                    read("after", "weight", "^f")),
                count));
    Map<String, Float> variables = Map.of("weight", 5f);
    assertThat(value(inlined.graph(), Map.of("x", 2f), variables, output(inlined, "f:0")))
        .isEqualTo(10);
    assertThat(value(inlined.graph(), Map.of("x", 2f), variables, output(inlined, "after")))
        .isEqualTo(6);
  }

  @Test
  void aBodyWaitsForWhatItsCallWaitsFor() {
    FunctionDef reader =
        function("reader", List.of("v"), Map.of("y", "value:value:0"), read("value", "v"));
    InlinedGraph inlined =
        inline(
            graph(
                List.of(
                    handle("weight", "weight"),
                    constant("new", 9),
                    assign("AssignVariableOp", "set", "weight", "new"),
                    call(
                        "StatefulPartitionedCall",
                        "f",
                        "reader",
                        List.of(DT_RESOURCE),
                        1,
                        "weight",
                        "^set")),
                reader));
    assertThat(value(inlined.graph(), Map.of(), Map.of("weight", 1f), output(inlined, "f:0")))
        .isEqualTo(9);
  }

  @Test
  void attributesOfAFunctionAreFilledInFromTheCall() {
    FunctionDef generic =
        function(
            "generic",
            List.of("x"),
            Map.of("y", "twice:z:0"),
            untyped("AddV2", "twice", "x", "x").toBuilder()
                .putAttr("T", AttrValue.newBuilder().setPlaceholder("Element").build())
                .build());
    NodeDef call =
        untyped("generic", "f", "x").toBuilder()
            .putAttr("Element", GraphDefs.type(DT_FLOAT))
            .build();
    InlinedGraph inlined = inline(graph(List.of(input("x"), call), generic));
    assertThat(value(inlined.graph(), Map.of("x", 4f), Map.of(), output(inlined, "f:0")))
        .isEqualTo(8);
  }

  @Test
  void functionsOfRemainingOperationsStayInTheLibrary() {
    FunctionDef branch =
        function(
            "branch",
            List.of("x"),
            Map.of("y", "inner:output:0"),
            call("PartitionedCall", "inner", "square_plus_one", List.of(DT_FLOAT), 1, "x"));
    NodeDef conditional =
        call("If", "choice", "branch", List.of(DT_FLOAT), 1, "x", "x").toBuilder()
            .removeAttr("f")
            .putAttr("then_branch", branchAttribute())
            .putAttr("else_branch", branchAttribute())
            .build();
    InlinedGraph inlined =
        FunctionInliner.inline(graph(List.of(input("x"), conditional), branch, SQUARE_PLUS_ONE));
    assertThat(inlined.graph().getLibrary().getFunctionList())
        .containsExactlyInAnyOrder(branch, SQUARE_PLUS_ONE);
    assertThat(GraphSlice.controlFlow(inlined.graph())).contains(conditional);
  }

  private static AttrValue branchAttribute() {
    return call("If", "", "branch", List.of(), 0).getAttrOrThrow("f");
  }

  @Test
  void aFunctionThatCallsItselfIsRejected() {
    FunctionDef endless =
        function(
            "endless",
            List.of("x"),
            Map.of("y", "again:output:0"),
            call("PartitionedCall", "again", "endless", List.of(DT_FLOAT), 1, "x"));
    GraphDef graph =
        graph(
            List.of(input("x"), call("PartitionedCall", "f", "endless", List.of(DT_FLOAT), 1, "x")),
            endless);
    assertThatThrownBy(() -> FunctionInliner.inline(graph))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("PartitionedCall 'f/again'")
        .hasMessageContaining("'endless'");
  }

  @Test
  void aMissingFunctionIsNamed() {
    GraphDef graph =
        graph(
            List.of(input("x"), call("PartitionedCall", "f", "absent", List.of(DT_FLOAT), 1, "x")));
    assertThatThrownBy(() -> FunctionInliner.inline(graph))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("PartitionedCall 'f'")
        .hasMessageContaining("'absent'");
  }
}

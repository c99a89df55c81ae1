package io.github.tfkfac.models.savedmodel;

import static io.github.tfkfac.models.savedmodel.GraphDefs.assign;
import static io.github.tfkfac.models.savedmodel.GraphDefs.constant;
import static io.github.tfkfac.models.savedmodel.GraphDefs.graph;
import static io.github.tfkfac.models.savedmodel.GraphDefs.handle;
import static io.github.tfkfac.models.savedmodel.GraphDefs.input;
import static io.github.tfkfac.models.savedmodel.GraphDefs.node;
import static io.github.tfkfac.models.savedmodel.GraphDefs.read;
import static io.github.tfkfac.models.savedmodel.GraphDefs.untyped;
import static io.github.tfkfac.models.savedmodel.GraphDefs.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

class PlainGraphTest {

  @Test
  void aSliceHasWhatIsNeededAndNothingElse() {
    GraphDef graph =
        graph(
            List.of(
                input("x"),
                constant("unused", 1),
                untyped("NoOp", "ready"),
                node("Neg", "y", "x", "^ready"),
                node("Neg", "z", "y")));
    assertThat(GraphSlice.of(graph, List.of("y")).getNodeList())
        .extracting(NodeDef::getName)
        .containsExactly("x", "ready", "y");
    assertThatThrownBy(() -> GraphSlice.of(graph, List.of("absent")))
        .isInstanceOf(SavedModelException.class)
        .hasMessageContaining("'absent'");
  }

  @Test
  void handlesOfOneVariableBecomeOne() {
    InlinedGraph merged =
        VariableHandles.merge(
            new InlinedGraph(
                graph(
                    List.of(
                        handle("first", "weight"),
                        handle("second", "weight"),
                        handle("other", "bias"),
                        constant("new", 3),
                        assign("AssignVariableOp", "set", "second", "new"),
                        read("a", "first", "^set"),
                        read("b", "second", "^set"),
                        node("AddV2", "sum", "a", "b"))),
                Map.of()));
    assertThat(merged.graph().getNodeList())
        .filteredOn(one -> one.getOp().equals("VarHandleOp"))
        .extracting(NodeDef::getName)
        .containsExactly("first", "other");
    assertThat(merged.resolve(new TensorRef("second", 0))).isEqualTo(new TensorRef("first", 0));
    assertThat(value(merged.graph(), Map.of(), Map.of(), new TensorRef("sum", 0))).isEqualTo(6);
  }

  @Test
  void outputsNoLongerWaitForWritesButReadsDo() {
    GraphDef graph =
        graph(
            List.of(
                handle("weight", "weight"),
                constant("one", 1),
                read("value", "weight"),
                assign("AssignAddVariableOp", "add", "weight", "one", "^value"),
                untyped("NoOp", "done", "^add"),
                node("Identity", "loss", "value", "^done"),
                read("later", "weight", "^add")));
    SideEffects.Detached detached =
        SideEffects.detach(graph, List.of(Set.of("loss"), Set.of("later")));
    assertThat(detached.removed()).containsExactly(Set.of("done"), Set.of());
    assertThat(GraphSlice.of(detached.graph(), List.of("loss")).getNodeList())
        .extracting(NodeDef::getName)
        .containsExactly("weight", "value", "loss");
    assertThat(value(detached.graph(), Map.of(), Map.of("weight", 4f), new TensorRef("later", 0)))
        .isEqualTo(5);
  }
}

package io.github.tfkfac.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

class StateStoreTest {

  private TestGraph<TFloat64> graph;

  @BeforeEach
  void open() {
    graph = TestGraph.float64();
  }

  @AfterEach
  void close() {
    graph.close();
  }

  @Test
  void variablesHaveStableNamesAndAreListedInOrder() {
    StateStore store = new StateStore(graph.graph, "kfac");
    GraphVariable<TFloat64> factor =
        store.create(
            "block/w/A", TFloat64.class, Shape.of(2), tf -> tf.constant(new double[] {1, 2}));
    GraphVariable<TInt64> step =
        store.create("step", TInt64.class, Shape.scalar(), tf -> tf.constant(7L));
    assertThat(store.variables()).containsExactly(factor, step);
    assertThat(factor.name()).isEqualTo("kfac/block/w/A");
    assertThat(graph.graph.operation("kfac/step").type()).isEqualTo(GraphVariable.RESOURCE);
    graph.start();
    assertThat(graph.value("kfac/block/w/A")).containsExactly(1, 2);
    assertThat(graph.value("kfac/step")).containsExactly(7);
    assertThatThrownBy(() -> store.variables().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aNameThatTheGraphHasIsRejected() {
    StateStore store = new StateStore(graph.graph, "kfac");
    store.create("step", TInt64.class, Shape.scalar(), tf -> tf.constant(0L));
    assertThatThrownBy(
            () ->
                new StateStore(graph.graph, "kfac")
                    .create("step", TInt64.class, Shape.scalar(), tf -> tf.constant(0L)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("already has 'kfac/step'")
        .hasMessageContaining("one optimizer");
    assertThatThrownBy(
            () -> store.create("step", TInt64.class, Shape.scalar(), tf -> tf.constant(0L)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("named 'kfac/step', found two")
        .hasMessageContaining("slot of the update rule");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void variablesOfBothKindsAreReadAndAssigned(Kind kind) {
    GraphVariable<TFloat64> variable = graph.declare(kind, "v", Shape.of(2), 1, 2);
    Operand<TFloat64> doubled = graph.tf.math.mul(variable.read(graph.tf), graph.tf.constant(2.0));
    Op assigned = variable.assign(graph.tf, doubled);
    Operand<TFloat64> after = variable.read(OrderedOps.after(graph.tf, List.of(assigned)));
    assertThat(variable.name()).isEqualTo("v");
    assertThat(variable.operation().name()).isEqualTo("v");
    graph.start();
    assertThat(graph.fetch(after)).containsExactly(2, 4);
    assertThat(graph.value("v")).containsExactly(2, 4);
  }
}

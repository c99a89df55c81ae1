package io.github.tfkfac.models.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Output;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Functions with gradients of their own in a loaded graph. */
class OwnGradientsTest {

  @TempDir Path folder;

  private static List<NodeDef> marked(GraphDef graph) {
    return graph.getNodeList().stream().filter(GradientFunctions::isMarked).toList();
  }

  @Test
  void markedOperationsNameTheirFunctionAndWhatItTakes() {
    Path source = ModelArchive.unpack("own_gradients", folder);
    try (LoadedModel model = LoadedModel.open(source, SavedModelFile.DEFAULT_SIGNATURE)) {
      List<NodeDef> marked = marked(model.graph().toGraphDef());
      // One with two results, and three in each of two calls of the inner function.
      assertThat(marked).hasSize(7);
      for (NodeDef node : marked) {
        ConcreteFunction function = model.graph().getFunction(GradientFunctions.mark(node));
        assertThat(function).as(node.getName()).isNotNull();
        List<TensorRef> captures = GradientFunctions.captures(node);
        int tensors = node.getAttrOrThrow("T").getList().getTypeCount();
        var signature = function.getFunctionDef().getSignature();
        assertThat(signature.getInputArgCount()).isEqualTo(tensors + captures.size());
        for (int i = 0; i < captures.size(); i++) {
          Output<?> captured = model.graph().outputOrThrow(captures.get(i).toString());
          assertThat(captured.dataType()).isEqualTo(signature.getInputArg(tensors + i).getType());
        }
        int results = tensors - signature.getOutputArgCount();
        for (int i = 0; i < signature.getOutputArgCount(); i++) {
          assertThat(signature.getOutputArg(i).getType())
              .isEqualTo(node.getAttrOrThrow("T").getList().getType(results + i));
        }
      }
      assertThat(marked)
          .filteredOn(node -> node.getInputCount() == 5)
          .singleElement()
          .satisfies(
              node ->
                  assertThat(
                          model
                              .graph()
                              .getFunction(GradientFunctions.mark(node))
                              .getFunctionDef()
                              .getSignature()
                              .getOutputArgCount())
                      .as("gradients of x, y and, as zeros, of the count")
                      .isEqualTo(3));
    }
  }

  @Test
  void everyCallOfAFunctionHasCapturesOfItsOwn() {
    Path source = ModelArchive.unpack("own_gradients", folder);
    try (LoadedModel model = LoadedModel.open(source, SavedModelFile.DEFAULT_SIGNATURE)) {
      List<NodeDef> scaled =
          marked(model.graph().toGraphDef()).stream()
              .filter(node -> node.getInputCount() == 3)
              .toList();
      assertThat(scaled).hasSize(2);
      assertThat(scaled.get(0).getAttrOrThrow(GradientFunctions.MARK))
          .isEqualTo(scaled.get(1).getAttrOrThrow(GradientFunctions.MARK));
      assertThat(GradientFunctions.captures(scaled.get(0)))
          .doesNotContainAnyElementsOf(GradientFunctions.captures(scaled.get(1)));
    }
  }

  @Test
  void aGradientThatTheModelDoesNotBringKeepsItsMark() {
    Path source = ModelArchive.unpack("lost_gradient", folder);
    try (LoadedModel model = LoadedModel.open(source, SavedModelFile.DEFAULT_SIGNATURE)) {
      NodeDef node = marked(model.graph().toGraphDef()).get(0);
      assertThat(GradientFunctions.mark(node)).startsWith("CustomGradient-");
      assertThat(model.graph().getFunction(GradientFunctions.mark(node))).isNull();
    }
  }

  @Test
  void anExportedGraphKeepsItsGradients() {
    Path source = ModelArchive.unpack("own_gradients", folder);
    Path target = folder.resolve("plain");
    try (LoadedModel model = LoadedModel.open(source, SavedModelFile.DEFAULT_SIGNATURE);
        org.tensorflow.Session session = new org.tensorflow.Session(model.graph())) {
      model.restore(session);
      ModelExport.writeGraph(
          model,
          session,
          List.of(ExportedSignature.of(model.signature())),
          target,
          ModelExport.Existing.REJECT);
      try (LoadedModel again = LoadedModel.open(target, SavedModelFile.DEFAULT_SIGNATURE)) {
        assertThat(marked(again.graph().toGraphDef()))
            .containsExactlyInAnyOrderElementsOf(marked(model.graph().toGraphDef()));
        for (NodeDef node : marked(again.graph().toGraphDef())) {
          assertThat(again.graph().getFunction(GradientFunctions.mark(node))).isNotNull();
        }
      }
    }
  }
}

package io.github.tfkfac.models.savedmodel;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;

/** Initialization of a model, which is run once after its variables were restored. */
final class Initialization {

  private static final String INIT_SIGNATURE = "__saved_model_init_op";
  private static final List<String> COLLECTIONS = List.of("saved_model_main_op", "legacy_init_op");

  private Initialization() {}

  /** The operation that the model wants to be run, if it names one. */
  static Optional<String> operation(MetaGraphDef model) {
    if (model.containsSignatureDef(INIT_SIGNATURE)) {
      String tensor =
          model.getSignatureDefOrThrow(INIT_SIGNATURE).getOutputsOrThrow(INIT_SIGNATURE).getName();
      return Optional.of(TensorRef.parse(tensor).node());
    }
    for (String collection : COLLECTIONS) {
      CollectionDef operations =
          model.getCollectionDefOrDefault(collection, CollectionDef.getDefaultInstance());
      if (operations.getNodeList().getValueCount() > 0) {
        return Optional.of(TensorRef.parse(operations.getNodeList().getValue(0)).node());
      }
    }
    return Optional.empty();
  }

  /** Whether a graph has tables, or variables without a saved value. */
  static boolean isNeeded(GraphDef graph, SavedModelFile file) {
    Set<String> saved = new HashSet<>();
    file.variables().forEach(variable -> saved.add(variable.name()));
    for (NodeDef node : graph.getNodeList()) {
      boolean unsaved = RestoredVariables.isVariable(node) && !saved.contains(node.getName());
      if (unsaved || node.getOp().contains("Table")) {
        return true;
      }
    }
    return false;
  }
}

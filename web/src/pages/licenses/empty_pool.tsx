/** The note when a license is needed and none is left. */
export function EmptyPool({ onCode, onClose }: { onCode: () => void; onClose: () => void }) {
  return (
    <>
      <p>
        No licenses are left in the pool. An activation code adds more. Your supplier issues one
        with each order.
      </p>
      <div class="dialog-foot">
        <button type="button" class="secondary" onClick={onClose}>
          Cancel
        </button>
        <button type="button" data-autofocus onClick={onCode}>
          Add activation code
        </button>
      </div>
    </>
  );
}

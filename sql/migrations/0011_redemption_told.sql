-- Whom a redemption renewed at once, as its answer said: entered again, a code is answered the same,
-- whatever has become of these sensors and licenses since.
CREATE TABLE redemption_renewed (
    organization_id {int64} NOT NULL,
    key_id          {int64} NOT NULL,
    place           {int64} NOT NULL,                   -- in the answer
    serial          {text}  NOT NULL,
    expires_at      {int64} NOT NULL,
    PRIMARY KEY (organization_id, key_id, place),
    FOREIGN KEY (organization_id, key_id) REFERENCES license_key (organization_id, id)
){clustered};

-- Of redemptions before this one, what their licenses still tell.
INSERT INTO redemption_renewed (organization_id, key_id, place, serial, expires_at)
SELECT license_key.organization_id, license_key.id,
       row_number() OVER (PARTITION BY license_key.organization_id, license_key.id
                          ORDER BY sensor.serial) - 1,
       sensor.serial, license.expires_at
  FROM license_key
  JOIN license ON license.organization_id = license_key.organization_id
              AND license.starts_at = license_key.redeemed_at
              AND license.assigned_at = license_key.redeemed_at
              AND license.cause = 'auto_renewal'
  JOIN sensor ON sensor.organization_id = license.organization_id AND sensor.id = license.sensor_id;

DROP INDEX license_by_assignment; -- what told it until now: each renewal writes one row less
